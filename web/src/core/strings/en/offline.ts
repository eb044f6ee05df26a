/** Being without Tau for a while, in English. */
export const offline = {
  sent: "What you wrote while Tau was away has been sent.",
  show: "Show",
  refused: (words: string, why: string) => `“${words}” could not be sent: ${why}`,
  elsewhere: "In a new conversation",
};
