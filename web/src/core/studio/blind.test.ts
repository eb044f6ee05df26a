import { describe, expect, it } from "vitest";
import { preferred, voteOf } from "./blind";

const pressed = (key: string, more = {}) => ({
  key,
  repeat: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

describe("blind votes", () => {
  it("are cast by 1, 2 and 0", () => {
    expect(["1", "2", "0", "3", "j"].map((key) => voteOf(pressed(key)))).toEqual([
      "left",
      "right",
      "neither",
      null,
      null,
    ]);
    expect(voteOf(pressed("1", { ctrlKey: true }))).toBeNull();
    expect(voteOf(pressed("1", { repeat: true }))).toBeNull();
  });

  it("show that one is better only if that's no chance", () => {
    const revealed = { first: "a", second: "b", neither: 1 };
    const said = (first: number, second: number, p: number) =>
      preferred({ ...revealed, preferred_first: first, preferred_second: second, p });
    expect(said(9, 0, 0.004)).toBe("first");
    expect(said(1, 11, 0.006)).toBe("second");
    expect(said(5, 3, 0.73)).toBeNull();
    expect(said(4, 4, 1)).toBeNull();
  });
});
