/** Specialists, in English. */

const NAMES = new Map([
  ["talk", "Plain talk"],
  ["writing", "Writing"],
  ["sketch", "Sketch"],
  ["care", "Care"],
]);
const DESCRIPTIONS = new Map([
  ["talk", "Everything that you say without a specialist."],
  ["writing", "Letters, e-mails, minutes and other texts, as a document beside the talk."],
  ["sketch", "Floor plans, drawn from your words and changed by talking."],
  ["care", "A calm space to talk, breathe and write things down."],
]);

export const experts = {
  about:
    "Specialists share your memory, each within its limits. A change holds at once, on all your devices.",
  /** What a specialist is called; one of a person's own has only its name. */
  name: (name: string): string => NAMES.get(name) ?? name,
  /** What a specialist that ships with Tau does. */
  description: (name: string): string | undefined => DESCRIPTIONS.get(name),
  on: (name: string) => `Use ${name}`,
  learns: "Learn from what I say there",
  learnsHint: "Facts that Tau finds in your words. What you said stays searchable either way.",
  learnsCareHint: "What it learns is used there alone, until you let the others know it.",
  recalls: "Recalls conversations with",
  recallsItself: "Always its own.",
  careStays: "What you say in Care stays there. Nobody else reads it, whatever you choose here.",
  reads: "Reads facts about",
  everything: "Everything",
  readsNothing: "Nothing",
  some: (count: number) => (count === 1 ? "1 topic" : `${count} topics`),
  made: "Made last",
  untitled: { document: "Untitled document", plan: "Untitled plan", form: "Form" },
  ownTitle: "Skills of your own",
  ownAbout:
    "A skill is a folder with a SKILL.md, as at agentskills.io. Add one with `tau experts add FOLDER`. Its scripts are never run.",
  ownEmpty: "There is none yet.",
  waits: "Waits for your approval: read it first.",
  approved: "Approved",
  lookClosely: "Look closely",
  show: "Its instructions",
  approve: "Approve",
  withdraw: "Withdraw approval",
  remove: "Delete",
  removeNamed: (name: string) => `Delete ${name}`,
  removeTitle: (name: string) => `Delete the skill ${name}?`,
  removeText: "The folder is deleted from this Tau. Conversations with it stay.",
  choose: "Who replies",
  yes: "Yes",
  no: "No, thanks",
  mayKnow: "May other specialists know this?",
  fromCare: "From Care",
};
