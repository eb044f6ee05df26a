/** Training, in English. */
import type { RunAct } from "../../../studio/runs";
import type { Run, RunPlan } from "../../../types";
import { general } from "./general";

const { plural } = general;

export const training = {
  needsTest: "A model is trained on what isn't in the test. Put a test aside first.",
  title: "Train a model",
  about:
    "A copy of a small model learns from your examples, on this machine. Compare the cheaper methods first: often nothing has to be trained.",
  base: "Model to train further",
  usualBase: "The smallest that's here",
  suffix: "Name",
  suffixHint: "Part of the model's name. Optional.",
  method: "Learn",
  methods: {
    supervised: "The answers of the examples",
    dpo: "What you preferred",
  } satisfies Record<RunPlan["method"], string>,
  preferencesAbout:
    "It learns from your votes in blind comparisons of answers to examples outside the test (DPO), and needs at least 10.",
  more: "More settings",
  epochs: "Passes over the examples",
  batchSize: "Examples in a step",
  automatic: "automatic",
  wrongCount: "A whole number from 1, or nothing.",
  estimate: "Estimate",
  plan: (train: string, valid: string) => `${train} to learn from, ${valid} to validate with`,
  passes: (epochs: string, batch: string) =>
    `${epochs} ${epochs === "1" ? "pass" : "passes"}, ${plural(batch, "example")} in a step`,
  takes: "It will take",
  memory: "Memory",
  roughly: (amount: string) => `about ${amount}`,
  startNow: "Start training",
  none: "Nothing has been trained yet.",
  runs: "Runs",
  all: "All runs",
  begun: (when: string) => `begun ${when}`,
  statuses: {
    validating_files: "checking the files",
    queued: "waiting for its turn",
    running: "training",
    paused: "paused",
    succeeded: "done",
    failed: "failed",
    cancelled: "cancelled",
  } satisfies Record<Run["status"], string>,
  progress: (step: string, all: string) => `Step ${step} of ${all}`,
  left: (time: string) => `${time} left`,
  acts: { pause: "Pause", resume: "Resume", cancel: "Cancel" } satisfies Record<RunAct, string>,
  asked: {
    pause: "Pausing after a checkpoint …",
    resume: "Resuming …",
    cancel: "Cancelling …",
  } satisfies Record<RunAct, string>,
  cancelTitle: "Cancel this run?",
  cancelText: "It stops for good. A paused run can be resumed; a cancelled one can't.",
  /** Tau's sentence about a failure or, without a code, about a pause. */
  reason: (sentence: string, _code: string): string => sentence,
  /** Tau's sentence about the examples of a run. */
  warning: (sentence: string): string => sentence,
  withdrawn: (count: string) =>
    `${plural(count, "example")} it learned from were withdrawn since. Train it again.`,
  loss: "Loss",
  lossAbout:
    "How far it is from the answers: lower is better. When the dots rise again, it learns by heart.",
  lossLabel: (first: string, last: string) => `The loss went from ${first} to ${last}.`,
  onTraining: "on what it learns",
  onValidation: "on other examples",
  score: "Task score",
  scoreAbout: "How many answers to other examples are right, by your grader.",
  noneRight: "No checkpoint has answered rightly yet.",
  scoreLabel: (best: string, step: string) => `The best score is ${best}, at step ${step}.`,
  stepAxis: "step",
  lossAxis: "loss",
  scoreAxis: "right, %",
  checkpoints: "Checkpoints",
  columns: {
    step: "Step",
    loss: "Loss",
    valid: "On other examples",
    score: "Task score",
    right: "Right",
  },
  best: "best",
  ofCount: (passed: string, graded: string) => `${passed} of ${graded}`,
  truth: "Estimate and truth",
  time: "Time",
  estimated: "Estimated",
  measured: "Measured",
  models: "Models",
  result: "result",
  parityHolds: "The engine answers as the trained model did.",
  parityFails: "The engine doesn't answer as the trained model did.",
  notMeasured: "Not checked on the engine yet.",
};
