import { describe, expect, it } from "vitest";
import type { Exercise, ExerciseField } from "../types";
import { linesIn, partsOf, textsOf, withValue } from "./forms";

const field = (name: string, type: string, count = 1): ExerciseField => ({
  name,
  type,
  label: name.toUpperCase(),
  hint: "",
  count,
  min: 0,
  max: 9,
});
const exercise = {
  fields: [field("why", "text"), field("good", "lines", 3), field("day", "date")],
  row_fields: [field("what", "line"), field("time", "time")],
} as Exercise;

describe("a form", () => {
  it("has the texts that were typed, in their order", () => {
    const content = {
      values: { good: ["tea", "", "rain"], why: "quiet", day: "2026-01-01" },
      rows: [{ what: "walk", time: "09:00" }],
    };
    expect(textsOf(exercise, content)).toEqual(["quiet", "tea", "rain", "walk"]);
  });

  it("offers as many lines as the exercise asks for, and shows all there are", () => {
    const [, good] = exercise.fields as [ExerciseField, ExerciseField, ExerciseField];
    expect(linesIn(good, {})).toEqual(["", "", ""]);
    expect(linesIn(good, { good: ["1", "2", "3", "4"] })).toHaveLength(4);
  });

  it("leaves out what is empty", () => {
    expect(withValue({ why: "x", day: "y" }, "why", "")).toEqual({ day: "y" });
    expect(withValue({}, "good", ["", ""])).toEqual({});
    expect(withValue({}, "good", ["", "tea"])).toEqual({ good: ["", "tea"] });
    expect(withValue({}, "minutes", 0)).toEqual({ minutes: 0 });
  });

  it("is read by its answered questions", () => {
    expect(partsOf(exercise, { values: { why: "one\n\ntwo", good: [""] }, rows: [] })).toEqual([
      { label: "WHY", lines: ["one", "two"] },
    ]);
  });
});
