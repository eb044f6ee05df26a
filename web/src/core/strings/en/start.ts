/** Start, in English. */
export const start = {
  title: "Welcome",
};
