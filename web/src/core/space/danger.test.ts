import { beforeEach, describe, expect, it } from "vitest";
import type { Help } from "../types";
import { beginAnew, danger, dropHelp, hideHelp, showHelp } from "./danger";

const help = (level: number) => ({ level }) as Help;
const shown = () => danger.get().help?.level ?? null;

describe("help in the care space", () => {
  beforeEach(dropHelp);

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

  it("is shown again for something else, and stays where it wasn't hidden", () => {
    showHelp(help(2));
    hideHelp();
    beginAnew();
    showHelp(help(2));
    expect(shown()).toBe(2);
    beginAnew();
    expect(shown()).toBe(2);
  });
});
