import { describe, expect, it } from "vitest";
import { releases as inChinese } from "../strings/zh/studio/releases";
import type { Comparison, Gate, MadeModel, Release } from "../types";
import { answeredBy } from "./comparing";
import { canTry, gateCount, isAlias, keepable, newestFirst, sortedReleases } from "./releases";

const method = (kind: string, model = "") =>
  ({ name: kind, kind, model, passed: { value: 1, low: 1, high: 1 } }) as Comparison["methods"][0];
const comparison = (...methods: Comparison["methods"]) => ({ id: "c", methods }) as Comparison;
const gate = (...passed: [Gate["conditions"][0]["kind"], boolean][]) =>
  ({ conditions: passed.map(([kind, holds]) => ({ kind, passed: holds })) }) as Gate;

describe("models", () => {
  it("are kept of classifiers and prompts that were tried", () => {
    const skipped = { ...method("prompt"), passed: null };
    const found = keepable(comparison(method("baseline"), method("classifier"), skipped));
    expect(found.map(({ kind }) => kind)).toEqual(["classifier"]);
    expect(keepable(undefined)).toEqual([]);
  });

  it("answered in the newest comparison that asked them, or what they were kept of", () => {
    const old = { ...comparison(method("classifier")), id: "old" };
    const tuned = comparison(method("classifier"), method("tuned", "ft:a"));
    const both = [tuned, old];
    const trained = { comparison: "", method: "" };
    expect(answeredBy(both, { name: "ft:a", ...trained })?.method).toBe("tuned");
    expect(answeredBy(both, { name: "ft:c", ...trained })).toBeNull();
    const kept = { comparison: "old", method: "classifier" };
    expect(answeredBy(both, { name: "ft:b", ...kept })).toEqual(kept);
  });

  it("stand with those of the newest run first, a run's result before its checkpoints", () => {
    const made = (name: string, run: string, made_at: number) =>
      ({ name, run, made_at }) as MadeModel;
    const models = [
      made("a", "1", 1),
      made("b", "2", 2),
      made("b:ckpt-step-9", "2", 3),
      made("b:ckpt-step-6", "2", 4),
      made("c", "3", 5),
    ];
    expect(newestFirst(models).map(({ name }) => name)).toEqual([
      "c",
      "b",
      "b:ckpt-step-9",
      "b:ckpt-step-6",
      "a",
    ]);
  });
});

describe("the gate", () => {
  it("counts what holds, and says what can be tried", () => {
    const shut = gate(["tested", true], ["parity", false], ["reviewed", false]);
    expect(gateCount(shut)).toEqual({ passed: 1, total: 3 });
    expect(canTry(shut)).toBe(true);
    expect(canTry(gate(["reviewed", false], ["better", false]))).toBe(false);
  });

  it("has figures in Chinese", () => {
    const said = [
      "43 answers, 0 leaked",
      "+63 points [+49, +77]",
      "12 of 10",
      "98 % differ, 100 % end",
    ];
    expect(said.map(inChinese.figure)).toEqual([
      "43 个回答，泄漏 0 条",
      "+63 个百分点 [+49, +77]",
      "12 / 10",
      "98 % 不同，100 % 正常结束",
    ]);
    expect(inChinese.figure("10 of 10, attested")).toContain("没有人看过");
    expect(inChinese.figure("base: unknown; data: none stated")).toBe(
      "基础模型：不明；数据：未注明",
    );
  });
});

describe("releases", () => {
  it("that answer now come first, then the newest", () => {
    const made = (alias: string, standing: Release["standing"], at: number) =>
      ({ alias, standing, at }) as Release;
    const sorted = sortedReleases([
      made("a", "rolled back", 9),
      made("b", "share", 1),
      made("c", "replaced", 5),
      made("d", "live", 3),
    ]);
    expect(sorted.map(({ alias }) => alias).join("")).toBe("dbac");
  });

  it("say in Chinese who answers whom", () => {
    const shared = "b for 20 %, a for the others";
    expect(inChinese.meaning(shared)).toBe("20% 由 b 回答，其余由 a 回答。");
    expect(inChinese.meaning("b for everybody")).toBe("由 b 回答。");
  });

  it("have names of letters, digits and a few marks", () => {
    expect(["desk", "前台-2", "a.b_c"].every(isAlias)).toBe(true);
    expect(["", "ft:x", "a b", "-a", "a/b"].some(isAlias)).toBe(false);
  });
});
