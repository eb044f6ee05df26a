/** Failures, in English: Tau's own sentences are English already. */
export const errors = {
  unreachable: "Tau does not answer. What you wrote is still here.",
  unexpected: "Something went wrong on this page. Nothing that was said is lost.",
  /** Tell a failure of Tau's by its code; `sentence` is what Tau said of it. */
  told: (_code: string, sentence: string): string => sentence,
};
