/** Models of a project and their releases, in English. */
import { onThePage } from "../../../studio/commands";
import type { GateCondition, MadeModel, Release } from "../../../types";
import { general } from "./general";

const { plural } = general;

export const releases = {
  aliasesTitle: "In use",
  /** Tau's sentence about an alias. */
  meaning: (sentence: string): string => sentence,
  modelsTitle: "Models of this project",
  modelsAbout: "What training made, and what you kept of a comparison.",
  noModels: "No models yet. Train one, or keep a method of a comparison.",
  keepTitle: "Keep a method as a model",
  keepAbout:
    "The classifier or the prompt of the last comparison becomes a model. Nothing is trained.",
  keepNamed: (name: string) => `Keep: ${name}`,
  kinds: {
    adapter: "Trained",
    classifier: "Classifier",
    prompt: "Prompt",
  } satisfies Record<MadeModel["kind"], string>,
  facts: (kind: string, base: string, examples: string) =>
    `${kind}, on ${base}, from ${plural(examples, "example")}`,
  withdrawn: (count: string) =>
    `It learned from ${plural(count, "example")} withdrawn since. Make it again.`,
  releasedAs: (alias: string) => `released as ${alias}`,
  open: "Gate and release",
  close: "Close",
  card: "Card",
  cardOf: (name: string) => `Card of ${name}`,
  gateTitle: "Gate",
  gateAbout: "All conditions must hold before people get answers from it.",
  gateCount: (passed: string, total: string) => `${passed} of ${total} hold`,
  conditions: {
    tested: "Tested on the frozen test",
    better: "Better than what there is",
    regressions: "Loses little that was right",
    parity: "Serves what was tested",
    differs: "Answers differently from its base",
    safety: "Repeats no personal data",
    permitted: "Licences and consent",
    reviewed: "A person has looked",
  } satisfies Record<GateCondition["kind"], string>,
  /** Tau's sentence about a condition. */
  condition: (_passed: boolean, sentence: string): string => onThePage(sentence, general.views),
  /** Tau's figure of a condition. */
  figure: (text: string): string => text,
  holds: "holds",
  fails: "doesn't hold",
  tryIt: "Try what isn't known yet",
  trying: "Trying. This asks the model many questions …",
  readTitle: "Read its answers",
  readAbout: "Judge pairs blind under Compare, or read answers here and say so.",
  haveRead: (count: string) => `I've read ${count === "1" ? "this answer" : `these ${count}`}`,
  releaseTitle: "Release",
  alias: "Name for those who use it",
  aliasHint: "Such as “desk”. Programs ask for it as they ask for any model.",
  aliasWrong: "Use letters, digits, and . _ -",
  who: "Who gets its answers?",
  everybody: "Everybody",
  someShare: "A share of the callers",
  shareHint: "Another model must answer under this name already: it answers the others.",
  share: "Share",
  shareValue: (percent: string) => `${percent} % of the callers`,
  release: "Release",
  releaseText: (alias: string) =>
    `Everybody on this Tau can use it under the name ${alias}, also while you're away. You can take it back at any time.`,
  released: (alias: string) => `It answers as ${alias} now.`,
  list: "Releases",
  states: {
    live: "answers everybody",
    share: "answers a share",
    standby: "answers if the live one fails",
    replaced: "replaced",
    "rolled back": "taken back",
  } satisfies Record<Release["standing"], string>,
  changeShare: "Change the share",
  giveAll: "Give it to everybody",
  shareChanged: "The share is changed.",
  rollBack: "Take back",
  rollBackTitle: "Take this release back?",
  rollBackText: (alias: string) => `What answered as ${alias} before answers again, at once.`,
  reason: "Reason",
  rolledBack: (alias: string) => `The release of ${alias} is taken back.`,
  automatically: "Tau took it back by itself.",
};
