import { expect, it } from "vitest";
import { isComposing } from "./keys";

it("leaves an input method its keys, in every browser", () => {
  expect(isComposing({ isComposing: true, keyCode: 27 })).toBe(true); // candidates are dismissed
  expect(isComposing({ isComposing: false, keyCode: 229 })).toBe(true); // Safari: a word is taken
  expect(isComposing({ isComposing: false, keyCode: 13 })).toBe(false);
});
