import { beforeEach, describe, expect, it } from "vitest";
import type { Help } from "../types";
import { danger, hideHelp, resetHelp, showHelp } from "./danger";

const help = (level: number) => ({ level }) as Help;
const shown = () => danger.get().help?.level ?? null;

describe("help in the care space", () => {
  beforeEach(resetHelp);

  it("stays until it's hidden, and comes back only for something more serious", () => {
    showHelp(help(2));
    expect(shown()).toBe(2);
    hideHelp();
    showHelp(help(2));
    expect(shown()).toBeNull();
    showHelp(help(3));
    expect(shown()).toBe(3);
    showHelp(help(2));
    expect(shown()).toBe(3);
  });

  it("is shown again for something else", () => {
    showHelp(help(2));
    hideHelp();
    resetHelp();
    showHelp(help(2));
    expect(shown()).toBe(2);
  });
});
