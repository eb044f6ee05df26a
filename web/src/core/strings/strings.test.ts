import { describe, expect, it, vi } from "vitest";
import { loadStrings } from ".";
import { en } from "./en";
import { sketch as sketchInEnglish } from "./en/sketch";
import { studio as studioInEnglish } from "./en/studio";
import { style as styleInEnglish } from "./en/style";
import { writing as writingInEnglish } from "./en/writing";
import { loadStudioStrings } from "./studio";
import { zh } from "./zh";
import { sketch as sketchInChinese } from "./zh/sketch";
import { studio as studioInChinese } from "./zh/studio";
import { style as styleInChinese } from "./zh/style";
import { writing as writingInChinese } from "./zh/writing";

type Leaf = [path: string, value: unknown];

function leaves(value: unknown, path = ""): Leaf[] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([name, inner]) =>
    leaves(inner, path ? `${path}.${name}` : name),
  );
}

const english = new Map([
  ...leaves(en),
  ...leaves({
    studio: studioInEnglish,
    style: styleInEnglish,
    writing: writingInEnglish,
    sketch: sketchInEnglish,
  }),
]);
const chinese = new Map([
  ...leaves(zh),
  ...leaves({
    studio: studioInChinese,
    style: styleInChinese,
    writing: writingInChinese,
    sketch: sketchInChinese,
  }),
]);
const HAN = /\p{Script=Han}/u;
/** Proper names, which are the same in every language. */
const NAMES =
  /^(Tau|ChatGPT|Claude|Portable AI Memory|PostgreSQL|SQLite|JSON Lines|Markdown|OpenAI)$/;

describe("the catalogs", () => {
  it("say the same things", () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it("say something in both languages, or in neither", () => {
    for (const [path, value] of english) {
      if (typeof value === "string") expect(Boolean(chinese.get(path)), path).toBe(value !== "");
    }
  });

  it("are Chinese in Chinese, but for names", () => {
    const untranslated = [...chinese].filter(
      ([, value]) =>
        typeof value === "string" &&
        /[a-z]{4}/.test(value) &&
        !HAN.test(value) &&
        !NAMES.test(value),
    );
    expect(untranslated).toEqual([]);
  });

  it("take the same arguments", () => {
    for (const [path, value] of english) {
      if (typeof value === "function") expect(typeof chinese.get(path), path).toBe("function");
    }
  });
});

describe("the studio's catalog", () => {
  it("is loaded in the language of the page", async () => {
    expect(await loadStudioStrings("en")).toBe(studioInEnglish);
    expect(await loadStudioStrings("zh")).toBe(studioInChinese);
  });

  it("counts once in Chinese, and ends one sentence before the next", () => {
    const { general, test, methods, findings, training } = studioInChinese;
    const count = general.exampleCount("31");
    const said = [
      test.proves(count, general.points("23")),
      test.frozen(count, "62"),
      methods.on(count, count),
      methods.withdrawn(count),
      findings.summary(count, "3"),
      training.plan(count, count),
    ];
    for (const sentence of said) expect(sentence).not.toMatch(/样本 条|\p{Script=Han}31/u);
    const facts = methods.intervalsLabel("分类器", general.percent("96.8"), "84", "99");
    expect(methods.reason("train", facts, "")).toContain("99%。");
  });
});

describe("a catalog that does not come", () => {
  it("is asked for once more", async () => {
    const load = vi.fn(async () => zh);
    load.mockRejectedValueOnce(new TypeError());
    expect(await loadStrings("zh", load as never, 0)).toEqual({ say: zh, language: "zh" });
  });

  it("is English rather than nothing, and told where there is none", async () => {
    const load = vi.fn(async (language: string) => {
      if (language !== "en") throw new TypeError();
      return en;
    });
    expect(await loadStrings("zh", load as never, 0)).toEqual({ say: en, language: "en" });
    load.mockRejectedValue(new TypeError());
    await expect(loadStrings("zh", load as never, 0)).rejects.toThrow();
  });
});
