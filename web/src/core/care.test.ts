import { describe, expect, it } from "vitest";
import { cardLanguage, hoursOf, namedCountries, siteOf, telOf } from "./care";

describe("a help line", () => {
  it.each([
    ["988", "tel:988"],
    ["0800 111 0 111", "tel:08001110111"],
    ["+1 (800) 273-8255", "tel:+18002738255"],
    ["", null],
    [null, null],
    ["text only", null],
  ])("is called by its number: %s", (number, address) => {
    expect(telOf(number)).toBe(address);
  });

  it("has a website only if the address is one", () => {
    expect(siteOf("https://line.example/chat")).toBe("https://line.example/chat");
    expect(siteOf("javascript:alert(1)")).toBeNull();
    expect(siteOf("")).toBeNull();
  });

  it("says its hours", () => {
    const line = { name: "", number: null, text: null, url: "", hours: "24/7", languages: [] };
    expect(hoursOf(line, "around the clock")).toBe("around the clock");
    expect(hoursOf({ ...line, hours: "18-22" }, "around the clock")).toBe("18-22");
  });
});

describe("countries", () => {
  it("have names in the page's language, in its order", () => {
    expect(namedCountries(["DE", "AT"], "en").map((one) => one.label)).toEqual([
      "Austria",
      "Germany",
    ]);
    expect(namedCountries(["CN"], "zh-Hans")[0]?.label).toBe("中国");
  });

  it("don't decide the language of a card", () => {
    expect([cardLanguage("zh"), cardLanguage("en"), cardLanguage("fr")]).toEqual([
      "zh",
      "en",
      "en",
    ]);
  });
});
