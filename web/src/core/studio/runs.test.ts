import { describe, expect, it } from "vitest";
import type { Run, RunStep, RunUpdate } from "../types";
import {
  actsOf,
  isOver,
  partDone,
  taskScore,
  thinned,
  trainLoss,
  typedCount,
  updated,
} from "./runs";

const step = (number: number, loss = 1) => ({ step: number, loss }) as RunStep;
const run = (some: Partial<Run>) =>
  ({
    status: "running",
    asked: null,
    steps: [],
    checkpoints: [],
    step: 0,
    all_steps: 0,
    ...some,
  }) as Run;

describe("a run", () => {
  it.each([
    ["queued", ["pause", "cancel"]],
    ["running", ["pause", "cancel"]],
    ["paused", ["resume", "cancel"]],
    ["validating_files", ["cancel"]],
    ["succeeded", []],
    ["failed", []],
  ] as const)("that is %s may be asked: %j", (status, acts) => {
    expect(actsOf(run({ status }))).toEqual(acts);
    expect(isOver(run({ status }))).toBe(acts.length === 0);
  });

  it("isn't asked twice for the same", () => {
    expect(actsOf(run({ asked: "pause" }))).toEqual(["cancel"]);
    expect(actsOf(run({ asked: "cancel" }))).toEqual([]);
  });

  it("takes the steps of an update once, the last ones counting", () => {
    const before = run({ steps: [step(1, 3), step(2, 2)] });
    const update = { id: 7, run: run({ status: "paused" }), steps: [step(3, 1), step(2, 9)] };
    const now = updated(before, update as RunUpdate);
    expect(now.status).toBe("paused");
    expect(trainLoss(now)).toEqual([
      [1, 3],
      [2, 9],
      [3, 1],
    ]);
  });

  it("shows the score of the checkpoints that were graded", () => {
    const checkpoints = [
      { step: 10, score: 0.25 },
      { step: 20, score: null },
    ] as Run["checkpoints"];
    expect(taskScore(run({ checkpoints }))).toEqual([[10, 0.25]]);
  });

  it("is done in part once its steps are known", () => {
    expect(partDone(run({ step: 3 }))).toBeNull();
    expect(partDone(run({ step: 3, all_steps: 12 }))).toBe(0.25);
  });
});

it("a long curve keeps its shape with fewer points", () => {
  const points = Array.from({ length: 1000 }, (_, at) => [at, 2 * at] as const);
  const few = thinned(points, 100);
  expect(few).toHaveLength(100);
  expect(few[0]).toEqual([4.5, 9]);
  expect(thinned(points.slice(0, 50), 100)).toHaveLength(50);
});

it("a count is a whole number from 1, or left to Tau", () => {
  expect(["", " ", "3", "0", "-1", "1.5", "many"].map(typedCount)).toEqual([
    null,
    null,
    3,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
