/** Memory, in English. */
export const memory = {
  title: "Memory",
};
