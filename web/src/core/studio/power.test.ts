import { describe, expect, it } from "vitest";
import { defaultTestSize, detectable, mostTestSize, powerCurve } from "./power";

describe("what a test can show", () => {
  it.each([
    [50, 17],
    [100, 12],
    [200, 9],
    [400, 6],
    [626, 5],
    [1742, 3],
  ])("is what docs/studio.md says of %i examples", (count, points) => {
    expect(Math.round(100 * detectable(count))).toBe(points);
  });

  it("is nothing with five examples or fewer", () => {
    expect([0, 1, 5].map(detectable)).toEqual([1, 1, 1]);
    expect(detectable(6)).toBeLessThan(1);
  });

  it("is never less with more examples", () => {
    const curve = powerCurve(20, 2000);
    expect(curve[0]?.[0]).toBeCloseTo(20);
    expect(curve.at(-1)?.[0]).toBeCloseTo(2000);
    for (let at = 1; at < curve.length; at++) {
      expect(curve[at]?.[1]).toBeLessThanOrEqual(curve[at - 1]?.[1] as number);
    }
  });
});

describe("the size of a test", () => {
  it("is 100 where a third allows it, a tenth of many, and 400 at most", () => {
    expect([12, 150, 300, 900, 2000, 90_000].map(defaultTestSize)).toEqual([
      4, 50, 100, 100, 200, 400,
    ]);
    expect(mostTestSize(155)).toBe(51);
  });
});
