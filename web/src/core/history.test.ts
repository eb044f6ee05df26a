import { describe, expect, it } from "vitest";
import {
  excerptOf,
  firstPages,
  MOST_REPEATED,
  matchedWords,
  momentIn,
  monthOf,
  monthsOf,
  nearest,
  yearsBetween,
} from "./history";
import type { Conversation } from "./types";

const at = (year: number, month: number, day = 1) =>
  new Date(year, month - 1, day, 9).getTime() / 1000;

function conversation(id: string, updated_at: number, more: Partial<Conversation> = {}) {
  return {
    id,
    title: id,
    started_at: updated_at,
    updated_at,
    archived: false,
    count: 2,
    private: false,
    ...more,
  } satisfies Conversation;
}

const found = (text: string, words: string[], most?: number) =>
  excerptOf(text, words, most)
    .map((piece) => (piece.found ? `[${piece.text}]` : piece.text))
    .join("");

describe("months", () => {
  const months = monthsOf([
    conversation("a", at(2026, 5, 20)),
    conversation("b", at(2026, 5, 1)),
    conversation("c", at(2025, 12, 31)),
  ]);

  it("group what comes newest first", () => {
    expect(months.map((month) => [month.key, month.conversations.length])).toEqual([
      ["2026-05", 2],
      ["2025-12", 1],
    ]);
  });

  it("are named and found again", () => {
    expect(monthOf(momentIn("2026-02"))).toBe("2026-02");
    expect(yearsBetween(at(2024, 3), at(2026, 1))).toEqual([2026, 2025, 2024]);
    expect(yearsBetween(at(2026, 3), at(2026, 1))).toEqual([2026]);
  });

  it("lead to the next older one where there is none", () => {
    expect(nearest(months, "2026-05", false)).toBe("2026-05");
    expect(nearest(months, "2026-02", false)).toBe("2025-12");
    expect(nearest(months, "2024-01", false)).toBeNull();
    expect(nearest(months, "2024-01", true)).toBe("2025-12");
    expect(nearest([], "2024-01", true)).toBeNull();
  });
});

describe("excerpts", () => {
  it("mark the words that were told, in any of their forms", () => {
    expect(matchedWords(["time: last May", "words: sisters, move"])).toEqual(["sisters", "move"]);
    expect(matchedWords(["meaning"])).toEqual([]);
    expect(found("My sister Ana moved to Porto; the movie was long.", ["sisters", "move"])).toBe(
      "My [sister] Ana [moved] to Porto; the movie was long.",
    );
    expect(found("Stopped running at the café", ["stop", "run", "Cafe"])).toBe(
      "[Stopped] [running] at the [café]",
    );
  });

  it("mark words of scripts without spaces, runs as one", () => {
    expect(found("上周我妹妹搬到了上海。", ["妹妹", "上海", "搬到"])).toBe(
      "上周我[妹妹搬到]了[上海]。",
    );
  });

  it("stand on one line, without marks of Markdown", () => {
    expect(found("# Title\n\n**Bold** `code`", ["bold"])).toBe("Title [Bold] code");
  });

  it("are cut around the most of the words", () => {
    const text = `sister ${"filler ".repeat(200)}my sister lives in Porto ${"more ".repeat(200)}`;
    const cut = found(text, ["sister", "Porto"], 200);
    expect(cut).toContain("[sister] lives in [Porto]");
    expect(cut.startsWith("… ") && cut.endsWith(" …")).toBe(true);
    expect(cut.length).toBeLessThan(215);
  });

  it("are whole where the text is short, and cut where nothing is found", () => {
    expect(found("", ["a"])).toBe("");
    expect(found("short", [])).toBe("short");
    expect(found("word ".repeat(100), [], 50)).toMatch(/^(word ?)+ …$/);
    expect(found("字".repeat(500), [], 50)).toBe(`${"字".repeat(50)} …`);
  });
});

describe("a long list that changed", () => {
  it("is read again at its beginning only", () => {
    const loaded = (count: number) => ({
      pages: Array.from({ length: count }, (_, at) => `page ${at}`),
      pageParams: Array.from({ length: count }, (_, at) => at),
    });
    expect(firstPages(loaded(100))).toEqual(loaded(MOST_REPEATED));
    expect(firstPages(loaded(3))).toEqual(loaded(3));
  });
});
