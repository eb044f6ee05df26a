/** What a check finds, in English. */
import type { FindingKind } from "../../../studio/findings";

const kinds: Record<FindingKind, string> = {
  unreadable: "Lines that weren't examples",
  "too few": "Too few examples",
  "empty answer": "Empty answers",
  "empty input": "Empty requests",
  duplicate: "Duplicates",
  "near duplicate": "Near duplicates",
  contradiction: "Contradictions",
  "near contradiction": "Near contradictions",
  "inconsistent value": "Values in several spellings",
  leak: "In the test and among the others",
  "near leak": "Almost the same in the test",
  "personal data": "Personal data",
  "control string": "Marks of a chat template",
  "too long": "Too long for the model",
  "rare answer": "Rare answers",
  "one answer": "Only one answer",
  licence: "Licence",
  "not compared": "Not compared",
};

const about: Record<FindingKind, string> = {
  unreadable: "They weren't added. Correct them in the file and add it again.",
  "too few": "Add more examples first.",
  "empty answer": "There's nothing to learn.",
  "empty input": "There's nothing to answer.",
  duplicate: "The same request and answer. One is enough.",
  "near duplicate": "Almost the same request and answer.",
  contradiction:
    "The same request has different answers: a model can't learn both, and half the test is wrong. Which is right?",
  "near contradiction": "Almost the same request has different answers. Both may be right.",
  "inconsistent value": "One value is written in several ways. Choose one of them.",
  leak: "The test would prove nothing. Leave out the ones that aren't in the test.",
  "near leak": "Almost the same request is in the test and among the others.",
  "personal data":
    "Addresses, phone numbers, cards, or account and identity numbers. A model may repeat them.",
  "control string": "They're broken before a model sees them.",
  "too long": "A model can't read so much at once.",
  "rare answer": "There are too few examples of these answers to learn them.",
  "one answer": "There's nothing to tell apart.",
  licence: "Know what you may use the data for.",
  "not compared": "There are too many examples to compare them by meaning; only their words were.",
};

export const findings = {
  kinds,
  about,
  running: "Checking. With many examples this takes a while …",
  again: "Check again",
  clean: "Nothing found. The examples can be used as they are.",
  summary: (examples: string, answers: string) =>
    `${examples} checked, with ${answers} different answers.`,
  mustSettle: "settle this first",
  /** Tau's sentence about a finding. */
  sentenceOf: (_kind: FindingKind, sentence: string): string => sentence,
  keepAll: "Keep them all",
  more: (count: string) => `and ${count} more`,
};
