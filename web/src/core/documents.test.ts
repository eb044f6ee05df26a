import { describe, expect, it } from "vitest";
import { editAct, following, openEdits, piecesOf } from "./documents";
import type { DocumentBlock, DocumentEdit } from "./types";

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

describe("a block with edits", () => {
  it("is cut at those that wait, in the order of its text", () => {
    const edits = [
      edit("e2", 8, "rent"),
      edit("e1", 0, "Pay"),
      edit("e3", 4, "the", { state: "rejected" }),
    ];
    const pieces = piecesOf(block("b1", "Pay the rent now"), edits);
    expect(pieces.map((one) => (one.kind === "edit" ? one.edit.id : one.text))).toEqual([
      "e1",
      " the ",
      "e2",
      " now",
    ]);
  });

  it("counts characters as the server does", () => {
    const [first, second] = piecesOf(block("b1", "😀 rent"), [edit("e1", 2, "rent")]);
    expect(first).toMatchObject({ kind: "text", text: "😀 " });
    expect(second).toMatchObject({ kind: "edit" });
  });

  it("is whole without any", () => {
    expect(piecesOf(block("b1", ""), [])).toEqual([{ kind: "text", text: "", start: 0 }]);
    expect(piecesOf(block("b2", "a"), [edit("e1", 0, "a")])).toHaveLength(1);
  });
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

  it("leaves keys to whoever writes", () => {
    const key = { key: "A", ctrlKey: false, metaKey: false, altKey: false };
    expect(editAct(key, "BUTTON")).toBe("accept");
    expect(editAct(key, "TEXTAREA")).toBeNull();
    expect(editAct({ ...key, ctrlKey: true }, "BUTTON")).toBeNull();
    expect(editAct({ ...key, key: "x" }, "BUTTON")).toBeNull();
  });
});
