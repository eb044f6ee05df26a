import { expect, it } from "vitest";
import { isTyped, restoreCommand, spanOf, viewsFor } from "./settings";

it("leaves the people to the owner", () => {
  expect(viewsFor(true)).toContain("people");
  expect(viewsFor(false)).not.toContain("people");
  expect(viewsFor(false)).toContain("models");
});

it("takes a name as typed only if it is the name", () => {
  expect(isTyped(" Ana ", "Ana")).toBe(true);
  expect(isTyped("ana", "Ana")).toBe(false);
  expect(isTyped("Zoe\u0301", "Zo\u00e9")).toBe(true);
  expect(isTyped("", " ")).toBe(false);
});

it("counts a span in the unit that people would", () => {
  expect(spanOf(600)).toEqual({ count: 10, unit: "minute" });
  expect(spanOf(7 * 86_400)).toEqual({ count: 7, unit: "day" });
  expect(spanOf(7200)).toEqual({ count: 2, unit: "hour" });
  expect(spanOf(5)).toEqual({ count: 1, unit: "minute" });
});

it("writes the command that puts a backup back", () => {
  expect(restoreCommand("/data/.tau", null)).toBe("tau restore FILE");
  expect(restoreCommand("/data/.tau", "a.db")).toBe("tau restore /data/.tau/backups/a.db");
  expect(restoreCommand("/my files", "a.db")).toBe('tau restore "/my files/backups/a.db"');
  expect(restoreCommand("C:\\Tau", "a.db")).toBe("tau restore C:\\Tau\\backups\\a.db");
});
