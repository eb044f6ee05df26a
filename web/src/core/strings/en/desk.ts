/** What is open beside a talk, in English. */

export const desk = {
  open: "Open",
  isOpen: "Open beside the talk",
  notHere: "This can’t be shown here.",
};
