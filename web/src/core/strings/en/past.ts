/** Past, in English. */
export const past = {
  title: "Past",
};
