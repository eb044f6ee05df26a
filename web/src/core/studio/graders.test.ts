import { describe, expect, it } from "vitest";
import { EMPTY_FORM, FORM_KINDS, formOf, graderOf, isUsable, parsedGrader } from "./graders";

describe("graders as a form", () => {
  it.each(FORM_KINDS)("%s leads back to itself", (kind) => {
    const form = { ...EMPTY_FORM, kind };
    expect(formOf(graderOf(form))).toEqual(form);
  });

  it("keep what was chosen", () => {
    const form = {
      ...EMPTY_FORM,
      kind: "text_similarity",
      metric: "bleu",
      threshold: "0.6",
    } as const;
    expect(graderOf(form)).toMatchObject({ evaluation_metric: "bleu", pass_threshold: 0.6 });
    expect(formOf(graderOf(form))).toEqual(form);
    const check = { ...EMPTY_FORM, kind: "string_check", operation: "ilike" } as const;
    expect(formOf(graderOf(check))).toEqual(check);
  });

  it.each([...FORM_KINDS])("%s keeps the name that a person gave it", (kind) => {
    const grader = { ...graderOf({ ...EMPTY_FORM, kind }), name: "the right desk" };
    const form = formOf(grader);
    expect(form && graderOf(form)).toEqual(grader);
    expect(form && graderOf({ ...form, kind: "exact" }).name).toBe("the right desk");
  });

  it.each([
    { type: "python", source: "def grade(sample, item): return 1" },
    { type: "exact", input: "{{sample.output_json.queue}}" },
    { type: "string_check", reference: "{{item.queue}}", operation: "eq" },
    { type: "multi", graders: {}, calculate_output: "a" },
    { type: "exact", pass_threshold: 0.5 },
  ])("that say more than a form are JSON: %j", (grader) => {
    expect(formOf(grader)).toBeNull();
  });

  it("have a threshold from 0 to 1, or none", () => {
    const form = { ...EMPTY_FORM, kind: "json_keys" as const };
    const usable = ["", "0", "0.85", "1.2", "half"].map((threshold) => {
      return isUsable({ ...form, threshold });
    });
    expect(usable).toEqual([true, true, true, false, false]);
  });
});

it("JSON that is no object is no grader", () => {
  expect(parsedGrader('{"type": "exact"}')).toEqual({ type: "exact" });
  for (const text of ["", "[1]", "null", '"exact"', "{"]) expect(parsedGrader(text)).toBeNull();
});
