import { describe, expect, it } from "vitest";
import type { DocumentBlock } from "../types";
import { isKept, markdownOf, stylesOf } from "./markdown";

const block = (text: string, more: Partial<DocumentBlock> = {}): DocumentBlock => ({
  id: "b",
  kind: "paragraph",
  level: 0,
  marker: "",
  text,
  ...more,
});

describe("Markdown of blocks", () => {
  it("is what the server writes", () => {
    const blocks = [
      block("Offer", { kind: "heading", level: 2 }),
      block("Dear **Ana**,\\\nhello"),
      block("one\nmore", { kind: "item", marker: "-" }),
      block("two", { kind: "item", marker: "-", level: 1 }),
      block("said\nso", { kind: "quote" }),
      block("", { kind: "rule" }),
      block("x = 1", { kind: "code", marker: "```py" }),
    ];
    expect(markdownOf(blocks)).toBe(
      "## Offer\n\nDear **Ana**,\\\nhello\n\n- one\n  more\n  - two\n\n> said\n> so\n\n---\n\n```py\nx = 1\n```\n",
    );
  });

  it("has no empty paragraphs, but keeps what has a sign", () => {
    expect(markdownOf([block(""), block("a"), block("  ")])).toBe("a\n");
    expect(isKept(block("", { kind: "item" }))).toBe(true);
    expect(markdownOf([])).toBe("");
  });
});

describe("looks of a text", () => {
  const looks = (text: string) =>
    stylesOf(text).map(({ start, end, look }) => [look, text.slice(start, end)]);

  it("are found with their signs", () => {
    expect(looks("a **b** `c`")).toEqual([
      ["sign", "**"],
      ["bold", "b"],
      ["sign", "**"],
      ["sign", "`"],
      ["code", "c"],
      ["sign", "`"],
    ]);
    expect(looks("[Ana](https://a.example)")).toEqual([
      ["sign", "["],
      ["link", "Ana"],
      ["sign", "](https://a.example)"],
    ]);
  });

  it("leave alone what only looks like signs", () => {
    expect(looks("2 * 3 * 4, snake_case_name, 5 < 6")).toEqual([]);
    expect(looks("\\*not\\*")).toEqual([
      ["sign", "\\"],
      ["sign", "\\"],
    ]);
  });
});
