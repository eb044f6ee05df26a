import { describe, expect, it } from "vitest";
import type { Exercise } from "../types";
import { offered } from "./offers";

const exercise = (name: string, cues: string[]) => ({ name, cues }) as Exercise;
const ALL = [
  exercise("grounding", ["panic", "恐慌"]),
  exercise("breathing", ["panic", "tense"]),
  exercise("sleep", ["can't sleep", "睡不着"]),
];
const names = (words: string) => offered(ALL, words).map((one) => one.name);

describe("exercises beside a talk", () => {
  it("are those that the words ask for, in any language and spelling", () => {
    expect(names("I Can’t sleep")).toEqual(["sleep"]);
    expect(names("又睡不着了")).toEqual(["sleep"]);
    expect(names("Hello")).toEqual([]);
  });

  it("are two at most, the best first", () => {
    expect(names("tense, close to panic, and I can't sleep")).toEqual(["breathing", "grounding"]);
  });
});
