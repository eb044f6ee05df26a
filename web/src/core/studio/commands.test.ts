import { expect, it } from "vitest";
import { general } from "../strings/en/studio/general";
import { onThePage } from "./commands";

it("a sentence names the place on the page instead of a command", () => {
  const said = (sentence: string) => onThePage(sentence, general.views);
  expect(said("A person must judge 10 answers of it: tau studio review")).toBe(
    "A person must judge 10 answers of it, in Compare.",
  );
  expect(said("Freeze a test first: tau studio freeze")).toBe("Freeze a test first, in Test.");
  expect(said("Compare it on the frozen test: tau studio compare")).toContain(", in Methods.");
  for (const kept of ["It holds.", "Make it again: tau studio setup"])
    expect(said(kept)).toBe(kept);
});
