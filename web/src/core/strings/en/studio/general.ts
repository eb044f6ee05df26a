/** What stands on all pages of the studio, in English. */
import type { StudioView } from "../../../routes";

const plural = (count: string, one: string) => (count === "1" ? `1 ${one}` : `${count} ${one}s`);

export const general = {
  title: "Studio",
  navigation: "Parts of this project",
  allProjects: "All projects",
  views: {
    examples: "Examples",
    test: "Test",
    methods: "Methods",
    training: "Training",
    compare: "Compare",
    releases: "Releases",
  } satisfies Record<StudioView, string>,
  plural,
  exampleCount: (count: string) => plural(count, "example"),
  percent: (number: string) => `${number} %`,
  points: (number: string) => (number === "1" ? "1 point" : `${number} points`),
  between: (low: string, high: string) => `${low} to ${high} %`,
  seconds: (number: string) => `${number} s`,
  minutes: (number: string) => `${number} min`,
  hours: (number: string) => `${number} h`,
  next: "Next:",
  figures: "The figures as a table",
};
