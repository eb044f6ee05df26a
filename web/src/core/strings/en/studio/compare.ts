/** Blind comparison, in English. */
import { general } from "./general";

const { plural } = general;

export const compare = {
  startTitle: "Compare two methods blind",
  startAbout:
    "You see two answers to the same request without knowing whose they are, and say which is better. At the end Tau tells you.",
  needsTwo: "A comparison must have tried two methods first.",
  first: "One",
  second: "The other",
  count: "Pairs",
  where: "Requests",
  wheres: { test: "From the test", outside: "From outside the test" },
  outsideAbout:
    "Both answer examples that aren't in the test first. A model can be trained on what you prefer, from 10 preferences on. The test is never learned from.",
  collecting: "Both methods are answering. That may take a few minutes …",
  start: "Start",
  same: "Choose two different ones.",
  pair: (number: string, total: string) => `Pair ${number} of ${total}`,
  request: "Request",
  left: "Left",
  right: "Right",
  better: { left: "Left is better", right: "Right is better", neither: "No difference" },
  keys: "Keys:",
  reveal: "End and show whose they are",
  finished: (count: string) => `You judged ${plural(count, "pair")}.`,
  show: "Show whose they are",
  result: "What you preferred",
  votes: (name: string, count: string) => `${name}: ${plural(count, "time")}`,
  neither: (count: string) => `No difference: ${plural(count, "time")}`,
  shown: (name: string) => `Your votes show that ${name} is better.`,
  notShown: "Your votes don't show that one is better: this may be chance.",
  signTest: (p: string) => `Sign test, ${p}. Votes for no difference don't count in it.`,
  again: "Compare two others",
  empty: "(nothing)",
};
