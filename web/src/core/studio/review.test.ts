import { describe, expect, it } from "vitest";
import type { Example } from "../types";
import {
  answerOf,
  earlierCount,
  mayChange,
  otherDecision,
  requestOf,
  reviewAct,
  stepped,
} from "./review";

const pressed = (key: string, more = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  within: "LI",
  ...more,
});

describe("keys of the review", () => {
  it("are j, k, x, e and the arrows", () => {
    const acts = ["j", "k", "x", "e", "ArrowDown", "ArrowUp", "J"].map((key) => {
      return reviewAct(pressed(key));
    });
    expect(acts).toEqual(["next", "previous", "toggle", "edit", "next", "previous", "next"]);
  });

  it("are the browser's with a modifier, and nobody's while somebody types", () => {
    expect(reviewAct(pressed("k", { ctrlKey: true }))).toBeNull();
    expect(reviewAct(pressed("e", { metaKey: true }))).toBeNull();
    for (const within of ["INPUT", "TEXTAREA", "SELECT"]) {
      expect(reviewAct(pressed("x", { within }))).toBeNull();
    }
    expect(reviewAct(pressed("Tab"))).toBeNull();
  });

  it("stop at the ends of the list", () => {
    expect(stepped(0, "previous", 3)).toBe(0);
    expect(stepped(2, "next", 3)).toBe(2);
    expect(stepped(1, "next", 3)).toBe(2);
    expect(stepped(0, "next", 0)).toBe(-1);
  });
});

describe("an example", () => {
  const example: Example = {
    id: "e",
    messages: [
      { role: "system", content: "Name the desk.", weight: 1 },
      { role: "user", content: "Hello?", weight: 1 },
      { role: "assistant", content: "Yes?", weight: 0 },
      { role: "user", content: "My parcel is lost.", weight: 1 },
      { role: "assistant", content: "deliveries", weight: 1 },
    ],
    source: "s",
    line: 1,
    trust: "own",
    in_test: false,
    decision: null,
    waiting: false,
    passage: "",
  };

  it("is its last request and its answer", () => {
    expect(requestOf(example)).toBe("My parcel is lost.");
    expect(answerOf(example)).toBe("deliveries");
    expect(earlierCount(example)).toBe(3);
  });

  it("is left out, or kept again, unless it's in the test", () => {
    expect(otherDecision(example)).toBe("leave out");
    expect(otherDecision({ ...example, decision: "leave out" })).toBe("keep");
    expect(otherDecision({ ...example, waiting: true })).toBe("keep");
    expect(mayChange({ ...example, in_test: true })).toBe(false);
  });
});
