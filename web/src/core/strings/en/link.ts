/** A sign-in link in a browser that is signed in, in English. */
export const link = {
  asks: (name: string) =>
    `You're signed in as ${name}. This link signs this browser in anew, perhaps as someone else.`,
  stay: "Stay signed in",
  use: "Use the link",
};
