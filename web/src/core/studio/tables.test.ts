import { describe, expect, it } from "vitest";
import { guessedColumns, headOf, isSpreadsheet, isTable } from "./tables";

describe("columns", () => {
  it.each([
    [["id", "Message", "queue"], "Message", "queue"],
    [["问题", "来源", "答案"], "问题", "答案"],
    [["first", "second", "third"], "first", "third"],
    [["answer", "question"], "question", "answer"],
    [["", "text", ""], "text", ""],
    [[], "", ""],
  ])("of %j are guessed", (columns, input, output) => {
    expect(guessedColumns(columns)).toEqual({ input, output });
  });
});

describe("files", () => {
  it("are tables or chats by their names", () => {
    expect(["a.csv", "a.XLSX", "a.jsonl", "csv"].map(isTable)).toEqual([true, true, false, false]);
    expect(isSpreadsheet("a.csv")).toBe(false);
  });

  it("are sent whole for their columns only if they're spreadsheets", () => {
    const content = new Uint8Array(200_000);
    expect(headOf(new File([content], "a.csv")).size).toBe(65_536);
    expect(headOf(new File([content], "a.xlsx")).size).toBe(200_000);
  });
});
