/** Settings, in English. */
export const settings = {
  title: "Settings",
};
