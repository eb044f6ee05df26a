import { describe, expect, it } from "vitest";
import { linearScale, pathThrough, ratioScale, spanOf } from "./scales";

describe("a linear scale", () => {
  it("has round ends that hold all values", () => {
    const scale = linearScale([0.13, 0.87], [0, 100]);
    expect(scale.ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(scale(0)).toBe(0);
    expect(scale(0.5)).toBeCloseTo(50);
  });

  it("turns around for the heights of a picture", () => {
    const scale = linearScale([0, 100], [200, 0]);
    expect([scale(0), scale(100)]).toEqual([200, 0]);
  });

  it("has room for values that are all the same", () => {
    const scale = linearScale([3, 3], [0, 10]);
    expect(scale.ticks.length).toBeGreaterThan(1);
    expect(Number.isFinite(scale(3))).toBe(true);
  });
});

describe("a scale of ratios", () => {
  it("goes from one power of ten to another", () => {
    const scale = ratioScale([0.002, 0.7], [0, 300]);
    expect(scale.ticks).toEqual([0.001, 0.01, 0.1, 1]);
    expect(scale(0.01)).toBeCloseTo(100);
    expect(scale(0)).toBe(0);
  });

  it("has at least two ticks", () => {
    expect(ratioScale([0.01, 0.01], [0, 1]).ticks).toEqual([0.01, 0.1]);
  });
});

it("the span of values leaves out what is no number", () => {
  expect(spanOf([3, Number.NaN, -1, Number.POSITIVE_INFINITY])).toEqual([-1, 3]);
  expect(spanOf([], [2, 5])).toEqual([2, 5]);
});

it("a path has a gap where a value is missing", () => {
  const points = [
    [0, 1],
    [1, 2],
    [2, Number.NaN],
    [3, 4],
  ] as const;
  expect(pathThrough(points)).toBe("M0.0 1.0L1.0 2.0M3.0 4.0");
});
