import { describe, expect, it } from "vitest";
import { Dates, isoTime, localeOf, startOfDay } from "./dates";
import { languageOf, preferencesOf } from "./preferences";

describe("preferences", () => {
  it.each([
    [["zh-TW", "en"], "zh"],
    [["de-DE", "zh-CN", "en"], "zh"],
    [["fr"], "en"],
    [[], "en"],
    [["EN-gb"], "en"],
  ] as const)("begin with a language the browser names: %s", (wanted, language) => {
    expect(languageOf(wanted)).toBe(language);
  });

  it("take what is known out of what was kept, and nothing else", () => {
    const kept = JSON.stringify({
      language: "zh",
      theme: "purple",
      textSize: "huge",
      keepsOffline: false,
      more: 1,
    });
    expect(preferencesOf(kept, ["en"])).toEqual({
      language: "zh",
      theme: "system",
      textSize: "huge",
      keepsOffline: false,
      introduced: false,
    });
  });

  it.each([null, "", "{", "[]", "null", "3", '"x"'])(
    "are the first ones where nothing sensible was kept: %s",
    (kept) => {
      expect(preferencesOf(kept, ["en"])).toMatchObject({
        language: "en",
        theme: "system",
        keepsOffline: true,
      });
    },
  );
});

describe("dates", () => {
  const at = new Date(2026, 4, 17, 15, 30).getTime() / 1000;
  const dates = new Dates("en", ["en-GB"]);

  it("leave the year out in the same one only", () => {
    expect(dates.day(at, at)).toBe("17 May");
    expect(dates.day(at, at + 366 * 86_400)).toBe("17 May 2026");
  });

  it("tell today's time, yesterday, and then the day", () => {
    expect(dates.when(at, at + 3_600)).toBe("15:30");
    expect(dates.when(at, at + 86_400)).toBe("yesterday");
    expect(dates.when(at, startOfDay(at) + 86_400 + 1)).toBe("yesterday");
    expect(dates.when(at, at + 3 * 86_400)).toBe("17 May");
  });

  it("are written as the person's own region does, in the page's language", () => {
    expect(localeOf("en", ["de-DE", "en-AU"])).toBe("en-AU");
    expect(localeOf("zh", ["en-US"])).toBe("zh");
    expect(new Dates("zh", ["zh-CN"]).fullDay(at)).toBe("2026年5月17日");
    expect(new Dates("en", ["en-US"]).fullDay(at)).toBe("May 17, 2026");
  });

  it("say nothing of moments that are none", () => expect(dates.day(Number.NaN)).toBe(""));

  it("tell bytes as people read them", () => {
    expect([0, 999, 1_500, 1_440_000, 2.5e9].map((value) => dates.bytes(value))).toEqual([
      "0 byte",
      "999 byte",
      "2 kB",
      "1.4 MB",
      "2.5 GB",
    ]);
  });
});

describe("times that no calendar has", () => {
  it.each([Number.NaN, Infinity, -Infinity, 1e18, -1e18])("are left out: %s", (at) => {
    expect(isoTime(at)).toBe("");
    expect(new Dates("en", ["en-GB"]).when(at)).toBe("");
  });
});
