/** The parts of a project's examples. */

export const EXAMPLE_PARTS = ["review", "check", "files"] as const;
export type ExamplePart = (typeof EXAMPLE_PARTS)[number];

/** Return the part of the examples that is shown; without examples, where they're added. */
export function examplePart(asked: string | null, examples: number): ExamplePart {
  return EXAMPLE_PARTS.find((one) => one === asked) ?? (examples > 0 ? "review" : "files");
}
