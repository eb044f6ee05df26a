/** Projects of the studio, in English. */

export const projects = {
  about:
    "Got a task that repeats, such as sorting messages or pulling out data? Add examples of how it should be done. The studio tests which method does it best: often a prompt is enough, and nothing has to be trained.",
  create: "New project",
  name: "Name",
  nameHint: "The task, such as “Sort complaints”",
  createNow: "Create",
  empty: "No projects yet.",
  list: "Your projects",
  noExamples: "no examples yet",
  inTest: (count: string) => `${count} of them in the test`,
  noTest: "no test yet",
  changed: (when: string) => `changed ${when}`,
  rename: "Rename",
  remove: "Remove",
  menu: (name: string) => `What to do with ${name}`,
  removeTitle: "Remove this project?",
  removeText:
    "Its examples, comparisons and everything else in it are erased for good, from backups too.",
  removed: (name: string) => `${name} is removed.`,
  mine: "Only you can see your projects. Everything in them is encrypted.",
};
