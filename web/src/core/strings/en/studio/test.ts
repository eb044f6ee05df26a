/** The frozen test and the grader, in English. */
import type { FormKind, Operation } from "../../../studio/graders";

export const test = {
  title: "Put a test aside",
  about:
    "The methods are compared on examples that none of them has seen. You put them aside once, and they can't be changed any more: that's what makes the figures worth something.",
  notEnough: (least: string) => `At least ${least} examples are needed. Add some first.`,
  size: "Examples in the test",
  sizeHint: (most: string) => `At most a third: ${most}.`,
  proves: (count: string, points: string) =>
    `A test of ${count} shows differences of ${points} or more.`,
  provesNothing: "A test this small shows nothing at all.",
  chart: "The smallest difference that a test of so many examples can show",
  sizeAxis: "examples in the test",
  pointsAxis: "points",
  assumption:
    "The smallest difference between two methods that a test shows, if they disagree on every fifth example (80 % power, 5 % level).",
  how: "Which examples?",
  methods: { choose: "Let Tau choose", file: "All of one file" },
  choosing:
    "Similar examples go to the same side, and every answer is as frequent in the test as elsewhere. What a model wrote is never in it.",
  file: "File with the test",
  freeze: "Freeze the test",
  freezeTitle: "Freeze the test?",
  freezeText: (count: string) =>
    `${count} are put aside for good. No method ever learns from them, and they can't be changed any more.`,
  frozenTitle: "The test is frozen",
  frozen: (count: string, rest: string) =>
    `${count} are in the test; ${rest} are left to learn from.`,
  identity: "Identified by",
  graderTitle: "How answers are judged",
  graderAbout: "A grader compares each answer with the right one.",
  automatic: "Chosen by Tau from the answers. Choose another one if it doesn't fit.",
  grader: "Grader",
  graders: {
    exact: "Equal text",
    json_match: "Equal JSON",
    json_keys: "JSON, field by field",
    string_check: "Compare as text",
    text_similarity: "Similar text",
  } satisfies Record<FormKind, string>,
  graderHints: {
    exact: "Right if the answer is the same text.",
    json_match: "Right if it's the same JSON value; the order of the keys doesn't matter.",
    json_keys: "Measures the share of fields that are right. By default all must be.",
    string_check: "Right if the check holds between the answer and the right one.",
    text_similarity: "Measures how similar the texts are, and passes from a threshold on.",
  } satisfies Record<FormKind, string>,
  operation: "Check",
  operations: {
    eq: "is the same",
    ne: "is different",
    like: "contains the right answer",
    ilike: "contains it, in any case",
  } satisfies Record<Operation, string>,
  metric: "Measure",
  threshold: "Passes from",
  thresholdHint: "From 0 to 1; leave it empty for the usual value.",
  thresholdWrong: "It must be a number from 0 to 1.",
  other: "Another one, as JSON",
  json: "Grader as JSON, in OpenAI's shape",
  jsonHint:
    "Types: string_check, text_similarity, score_model, label_model, python, multi, exact, json_match, json_keys.",
  jsonWrong: "This isn't a JSON object.",
  useIt: "Use this grader",
  used: "The grader is chosen. It counts from the next comparison on.",
};
