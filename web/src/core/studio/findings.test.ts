import { describe, expect, it } from "vitest";
import type { Finding } from "../types";
import { examplesOf, groupedFindings, isCompared } from "./findings";

const found = (kind: Finding["kind"], examples: string[], severity = "warning"): Finding => ({
  kind,
  severity: severity as Finding["severity"],
  detail: "",
  examples,
  source: "",
});

describe("findings", () => {
  it("stand together by kind, errors first, then what spoils most", () => {
    const findings = [
      found("duplicate", ["a", "b"]),
      found("contradiction", ["c", "d"]),
      found("duplicate", ["e", "f"]),
      found("empty answer", ["g"], "error"),
    ];
    const groups = groupedFindings({ findings, counts: {} });
    expect(groups.map(({ kind, severity, findings: all }) => [kind, severity, all.length])).toEqual(
      [
        ["empty answer", "error", 1],
        ["contradiction", "warning", 1],
        ["duplicate", "warning", 2],
      ],
    );
  });

  it("name each example once", () => {
    expect(examplesOf([found("leak", ["a", "b"]), found("leak", ["b", "c"])])).toEqual([
      "a",
      "b",
      "c",
    ]);
  });

  it("about two examples are read side by side", () => {
    expect(isCompared("contradiction")).toBe(true);
    expect(isCompared("personal data")).toBe(false);
  });
});
