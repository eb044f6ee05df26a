import { describe, expect, it } from "vitest";
import {
  distinctFindings,
  editAct,
  findingsBeside,
  following,
  kindsOf,
  openEdits,
} from "./documents";
import type { DocumentBlock, DocumentEdit, DocumentMark } from "./types";

const block = (id: string, text: string): DocumentBlock => ({
  id,
  text,
  kind: "paragraph",
  level: 0,
  marker: "",
});

const edit = (id: string, start: number, find: string, more = {}): DocumentEdit => ({
  id,
  block: "b1",
  start,
  find,
  replace: "x",
  why: "",
  by: "rule",
  rule: "",
  state: "open",
  ...more,
});

describe("deciding by keys", () => {
  it("goes through the document and round", () => {
    const edits = openEdits(
      [block("b1", ""), block("b2", "")],
      [edit("e3", 0, "a", { block: "b2" }), edit("e2", 9, "a"), edit("e1", 1, "a")],
    );
    expect(edits.map((one) => one.id)).toEqual(["e1", "e2", "e3"]);
    expect(following(edits, null)).toBe("e1");
    expect(following(edits, "e3")).toBe("e1");
    expect(following([], "e3")).toBeNull();
  });

  it("goes back as well", () => {
    const edits = [edit("e1", 0, "a"), edit("e2", 2, "b")];
    expect(following(edits, "e1", -1)).toBe("e2");
    expect(following(edits, null, -1)).toBe("e2");
  });

  it("leaves keys to whoever writes", () => {
    const key = { key: "A", ctrlKey: false, metaKey: false, altKey: false };
    const elsewhere = { isField: false, isNote: false };
    expect(editAct(key, elsewhere)).toBe("accept");
    expect(editAct(key, { ...elsewhere, isField: true })).toBeNull();
    expect(editAct({ ...key, ctrlKey: true }, elsewhere)).toBeNull();
    expect(editAct({ ...key, key: "x" }, elsewhere)).toBeNull();
  });

  it("takes Enter and Backspace on a note alone", () => {
    const enter = { key: "Enter", ctrlKey: false, metaKey: false, altKey: false };
    const backspace = { ...enter, key: "Backspace" };
    expect(editAct(enter, { isField: false, isNote: false })).toBeNull();
    expect(editAct(enter, { isField: false, isNote: true })).toBe("accept");
    expect(editAct(backspace, { isField: false, isNote: true })).toBe("reject");
  });
});

describe("what stands beside the text", () => {
  it("is grouped by kind where there are several", () => {
    const one = edit("e1", 0, "a", { rule: "spelling" });
    const model = edit("e2", 5, "b", { by: "qwen" });
    expect(kindsOf([one])).toEqual([]);
    expect(kindsOf([one, model])).toEqual([]);
    const kinds = kindsOf([one, model, edit("e3", 9, "c", { rule: "spelling" })]);
    expect(kinds).toMatchObject([{ rule: "spelling", edits: [{ id: "e1" }, { id: "e3" }] }]);
  });

  it("leaves out findings that an edit is about", () => {
    const finding = (start: number, end: number, block = "b1") =>
      ({ block, start, end, rule: "r", message: "m" }) as DocumentMark;
    const found = [finding(0, 3), finding(10, 12), finding(0, 3, "b2"), finding(0, 0, "")];
    expect(findingsBeside(found, [edit("e1", 2, "xy")])).toEqual([found[1], found[2]]);
  });

  it("says the same about a paragraph once, and every replacement", () => {
    const finding = (start: number, message: string, replacements: string[] = []) =>
      ({ block: "b1", start, end: start + 1, rule: "r", message, replacements }) as DocumentMark;
    const blank = finding(0, "still blank");
    const spelt = [finding(2, "misspelt", ["a"]), finding(4, "misspelt", ["b"])];
    expect(distinctFindings([blank, finding(1, "still blank"), ...spelt])).toEqual([
      blank,
      ...spelt,
    ]);
  });
});
