import { describe, expect, it } from "vitest";
import { Dates } from "../dates";
import { studio as english } from "../strings/en/studio";
import { studio as chinese } from "../strings/zh/studio";
import { Figures } from "./figures";

const dates = new Dates("en", ["en-US"]);
const figures = new Figures(english, (value, options) => dates.number(value, options));

describe("figures", () => {
  it("are percentages, points and intervals", () => {
    expect(figures.percent(0.9581)).toBe("95.8 %");
    expect(figures.between(0.915, 0.984)).toBe("92 to 98 %");
    expect(figures.points(0.01)).toBe("1 point");
    expect(figures.signed(0.417)).toBe("+41.7");
    expect(figures.signed(0)).toBe("0");
  });

  it("have times that fit their size", () => {
    const seconds = [0.0000005, 0.0421, 3.14, 95, 150, 5400].map((each) => figures.seconds(each));
    expect(seconds).toEqual(["< 0.001 s", "0.042 s", "3.1 s", "95 s", "3 min", "1.5 h"]);
  });

  it("say how small a p-value is", () => {
    expect(figures.p(0.00001)).toBe("p < 0.001");
    expect(figures.p(0.0312)).toBe("p = 0.031");
  });

  it("call a method by its kind, and by its name if there are several", () => {
    expect(figures.method({ kind: "prompt", name: "prompt" })).toBe("Prompt");
    expect(figures.method({ kind: "tuned", name: "ft:a" })).toBe("Trained model (ft:a)");
    const inChinese = new Figures(chinese, (value) => String(value));
    expect(inChinese.method({ kind: "classifier", name: "classifier" })).toBe("分类器");
  });
});
