import { describe, expect, it } from "vitest";
import { blocksOf, plain, safeLink, shown } from "./markdown";

describe("blocks", () => {
  it("part at blank lines between paragraphs", () => {
    expect(blocksOf("one\ntwo\n\nthree\n\n\nfour")).toEqual(["one\ntwo", "three", "four"]);
  });

  it("keep a fence whole, blank lines and all", () => {
    const fence = "```js\nlet a;\n\n\nlet b;\n```";
    expect(blocksOf(`before\n\n${fence}\n\nafter`)).toEqual(["before", fence, "after"]);
  });

  it("end a fence only at its own kind and length", () => {
    const fence = "````\n```\n~~~\n\nstill\n````";
    expect(blocksOf(`${fence}\n\nafter`)).toEqual([fence, "after"]);
  });

  it("keep an endless fence one block", () => {
    expect(blocksOf(`text\n\n\`\`\`\n${"line\n\n".repeat(200)}`)).toHaveLength(2);
  });

  it("keep loose lists and what is indented below them together", () => {
    const list = "1. one\n\n   more of one\n\n2. two\n\n- three";
    expect(blocksOf(`${list}\n\nafter`)).toEqual([list, "after"]);
  });

  it("are the text again", () => {
    const text = "# Title\n\nwords\n\n> quote\n\n| a |\n|---|\n| b |";
    expect(blocksOf(text).join("\n\n")).toBe(text);
  });

  it("change only at the end while text grows", () => {
    const text = "One.\n\n- a\n- b\n\nTwo.\n\n```\ncode\n```\n\nThree and more.";
    for (let end = 1; end <= text.length; end += 1) {
      const now = blocksOf(text.slice(0, end));
      const next = blocksOf(text.slice(0, end + 1));
      expect(next.slice(0, now.length - 1)).toEqual(now.slice(0, -1));
    }
  });

  it("are none of nothing", () => {
    expect(blocksOf("")).toEqual([]);
    expect(blocksOf("\n \n\r\n")).toEqual([]);
  });
});

describe("what is shown", () => {
  it("holds no marks that turn the order of text around", () => {
    expect(plain("user\u202Egnp.exe\u2066!\u2069")).toBe("usergnp.exe!");
  });

  it("holds nothing unseen, but what joins letters and pictures", () => {
    expect(plain("a\u200Bb\u0000c\u001B[31m\uFEFF")).toBe("abc[31m");
    expect(plain("👩‍👩‍👧 نمی‌خواهم\ttab\nline")).toBe("👩‍👩‍👧 نمی‌خواهم\ttab\nline");
    expect(plain("x\u{E0041}\u{E0042}y")).toBe("xy");
  });

  it("cuts lines that no browser lays out well, and only these", () => {
    const lines = shown(`short\n${"x".repeat(50_000)}\nend`).split("\n");
    expect(lines.map((line) => line.length)).toEqual([5, 20_001, 3]);
  });
});

describe("links", () => {
  it.each(["https://example.org/a?b#c", "http://127.0.0.1:8080/", "mailto:ana@example.org"])(
    "that may be followed: %s",
    (address) => expect(safeLink(address)).toBe(address),
  );

  it.each([
    "javascript:alert(1)",
    " JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>1</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "/api/export",
    "//evil.example",
    "c/other",
    "",
    undefined,
    "https://tau@evil.example/",
    "blob:https://a/b",
  ])("that may not: %s", (address) => expect(safeLink(address)).toBeNull());
});
