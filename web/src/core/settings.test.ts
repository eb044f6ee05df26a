import { expect, it } from "vitest";
import { isTyped, spanOf, viewsFor } from "./settings";

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
