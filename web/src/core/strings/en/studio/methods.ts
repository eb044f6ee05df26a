/** Comparisons of methods, in English. */
import type { VerdictKind } from "../../../studio/comparing";

type MethodKind =
  | "baseline"
  | "prompt"
  | "nearest"
  | "optimized"
  | "classifier"
  | "tuned"
  | "strong";

const verdicts: Record<VerdictKind, string> = {
  train: "Train a model",
  trained: "Use the trained model",
  "prompt is enough": "A prompt is enough",
  "classifier is enough": "A classifier is enough",
  "too few examples": "Too few examples to tell",
  "examples contradict each other": "Your examples contradict each other",
  "stronger model wins": "The stronger model wins",
};

export const methods = {
  kinds: {
    baseline: "Most frequent answer",
    classifier: "Classifier",
    prompt: "Prompt",
    nearest: "Prompt with similar examples",
    optimized: "Prompt that was rewritten",
    tuned: "Trained model",
    strong: "Stronger model",
  } satisfies Record<MethodKind, string>,
  kindAbout: {
    baseline: "Always gives the most frequent answer. What's worth anything must beat it.",
    classifier: "The built-in embedder with a regression, for short answers that repeat.",
    prompt: "A model with your instructions.",
    nearest: "The same, with the most similar examples in the prompt.",
    optimized: "A capable model rewrote the instructions until they worked better.",
    tuned: "A model trained on your examples.",
    strong: "The most capable model that you connected.",
  } satisfies Record<MethodKind, string>,
  verdicts,
  /** Tau's reason for a verdict. */
  reason: (_kind: VerdictKind, _figures: string, sentence: string): string => sentence,
  /** Tau's reason why a method wasn't tried. */
  skipped: (sentence: string): string => sentence,
  noTest: "The methods are compared on a frozen test. Put one aside first.",
  startTitle: "Find the cheapest method",
  startAbout:
    "Each method answers the same test, cheapest first. One that the test couldn't show to be better isn't tried.",
  model: "Model that answers the prompts",
  usual: "The one that answers chats",
  which: "Methods",
  whichHint: "Tick some to try just these, all to the end.",
  start: "Compare",
  startAgain: "Compare again",
  running: "Comparing",
  stop: "Stop",
  answers: (done: string, total: string) => `${done} of at most ${total} answers`,
  result: "Comparison",
  on: (test: string, train: string) => `Tested on ${test}, learned from ${train}.`,
  withdrawn: (count: string) =>
    `${count} it was made with were withdrawn since. Compare again for figures that hold.`,
  otherTest: "It was made on another test.",
  verdict: "Verdict",
  intervals: "Right answers, with the interval that holds 95 % of the time",
  intervalsLabel: (name: string, share: string, low: string, high: string) =>
    `${name}: ${share}, ${low} to ${high} %`,
  table: "Figures of each method",
  columns: {
    method: "Method",
    right: "Right",
    gain: "Against the best cheaper",
    seconds: "Per answer",
    tokens: "Tokens",
  },
  gain: (points: string, low: string, high: string) => `${points} (${low} to ${high})`,
  pValue: (value: string) => `p ${value}`,
  notTried: "not tried",
  failures: (count: string) => `${count} failed`,
  cost: "What the quality costs",
  costAbout: "Up is better, left is faster.",
  secondsAxis: "seconds per answer",
  rightAxis: "right, %",
  answersTitle: "Answers",
  ofMethod: "Method",
  whichAnswers: "Answers shown",
  wrong: "Wrong ones",
  all: "All",
  noneWrong: "None is wrong.",
  given: "It answered",
  expected: "Right is",
  right: "right",
  isWrong: "wrong",
  confusion: "What is taken for what",
  confusionAbout: "Rows are the right answers, columns are the given ones.",
  somethingElse: "something else",
  noAnswer: "no answer",
};
