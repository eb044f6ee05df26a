import { describe, expect, it } from "vitest";
import type { DocumentBlock } from "../types";
import { changesOf, merged } from "./merging";

const blocks = (...texts: (string | [id: string, text: string])[]): DocumentBlock[] =>
  texts.map((one, at) => {
    const [id, text] = typeof one === "string" ? [`b${at + 1}`, one] : one;
    return { id, text, kind: "paragraph", level: 0, marker: "" };
  });

describe("what is saved", () => {
  it("is nothing, some texts, or the whole where blocks are others", () => {
    const base = blocks("a", "b");
    expect(changesOf(base, blocks("a", "b"), true)).toBeNull();
    expect(changesOf(base, blocks("a", "c"), true)).toEqual({ blocks: { b2: "c" } });
    expect(changesOf(base, blocks("a", "b", ["", "c"]), true)).toEqual({
      markdown: "a\n\nb\n\nc\n",
    });
  });

  it("has no empty paragraph that was begun, but in a Word file", () => {
    expect(changesOf(blocks("a"), blocks("a", ["", ""]), true)).toBeNull();
    expect(changesOf(blocks("a"), blocks(""), false)).toEqual({ blocks: { b1: "" } });
  });
});

describe("two that write at once", () => {
  const base = blocks("a", "b", "c");
  it("both keep what they wrote in different paragraphs", () => {
    expect(merged(base, blocks("a!", "b", "c"), blocks("a", "b", "c?"))).toEqual(
      blocks("a!", "b", "c?"),
    );
    const added = [...base, ...blocks(["", "d"])];
    expect(merged(base, added, blocks("a", "x", "c"))?.map((one) => one.text)).toEqual([
      "a",
      "x",
      "c",
      "d",
    ]);
    const moved = blocks(["b1", "a"], ["b9", "new"], ["b2", "b"], ["b3", "c"]);
    expect(merged(base, blocks("a", "b", "c!"), moved)?.map((one) => one.text)).toEqual([
      "a",
      "new",
      "b",
      "c!",
    ]);
  });

  it("are told of a paragraph that both changed, or that one took away", () => {
    expect(merged(base, blocks("x", "b", "c"), blocks("y", "b", "c"))).toBeNull();
    expect(merged(base, blocks("x", "b", "c"), blocks("x", "b", "c"))).not.toBeNull();
    expect(merged(base, blocks("a", "b!", "c"), blocks("a", ["b3", "c"]))).toBeNull();
  });
});
