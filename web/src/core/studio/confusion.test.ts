import { describe, expect, it } from "vitest";
import type { GradedAnswer } from "../types";
import { confusionOf } from "./confusion";

const answered = (expected: string, answer: string): GradedAnswer => ({
  example: "",
  expected,
  answer,
  score: 0,
  passed: expected === answer,
  error: "",
});

describe("what is taken for what", () => {
  it("is counted by the right answer and the given one", () => {
    const answers = [
      answered("refunds", "refunds"),
      answered("refunds", " accounts\n"),
      answered("refunds", "I don't know"),
      answered("accounts", "accounts"),
    ];
    expect(confusionOf(answers)).toEqual({
      labels: ["refunds", "accounts"],
      counts: [
        [1, 1, 1],
        [0, 1, 0],
      ],
      most: 1,
    });
  });

  it("is nothing where answers are texts of their own, or all the same", () => {
    expect(confusionOf(["a", "b", "c"].map((each) => answered(each, each)))).toBeNull();
    expect(confusionOf([answered("a", "a"), answered("a", "b")])).toBeNull();
    expect(confusionOf([])).toBeNull();
  });
});
