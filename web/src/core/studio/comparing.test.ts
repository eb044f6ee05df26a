import { describe, expect, it } from "vitest";
import type { ComparisonJob, GradedAnswer } from "../types";
import { isGoodNews, lastFailure, runningOf, shownAnswers, verdictKind } from "./comparing";
import { examplePart } from "./views";

const job = (id: string, state: ComparisonJob["state"], at: number): ComparisonJob => ({
  id,
  state,
  at,
  sentence: `${id} ${state}`,
  done: 0,
  total: 0,
  comparison: "",
});

describe("comparisons", () => {
  it("run, or tell why the last one has no result", () => {
    const jobs = [job("a", "failed", 1), job("b", "running", 2)];
    expect(runningOf(jobs)?.id).toBe("b");
    expect(lastFailure(jobs)).toBe("");
    expect(lastFailure([job("c", "done", 3), job("d", "stopped", 4)])).toBe("d stopped");
    expect(lastFailure([job("e", "done", 9), job("d", "stopped", 4)])).toBe("");
  });

  it("show the wrong answers first, or alone", () => {
    const answers = [true, false, true, false].map(
      (passed, place) => ({ example: String(place), passed }) as GradedAnswer,
    );
    expect(shownAnswers(answers, "wrong").map(({ example }) => example)).toEqual(["1", "3"]);
    expect(shownAnswers(answers, "all").map(({ example }) => example)).toEqual([
      "1",
      "3",
      "0",
      "2",
    ]);
  });

  it("have good news if nothing must be trained", () => {
    expect(isGoodNews("classifier is enough")).toBe(true);
    expect(isGoodNews("train")).toBe(false);
    const verdict = { kind: "train" as const, sentence: "" };
    expect(isGoodNews(verdictKind({ ...verdict, method: "" }))).toBe(false);
    expect(isGoodNews(verdictKind({ ...verdict, method: "ft:x" }))).toBe(true);
  });
});

it("examples are added where there are none, and reviewed where there are", () => {
  expect(examplePart(null, 0)).toBe("files");
  expect(examplePart("nonsense", 3)).toBe("review");
  expect(examplePart("check", 3)).toBe("check");
});
