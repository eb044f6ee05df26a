import { describe, expect, it } from "vitest";
import { isPauseDue, newStay, PAUSE_AFTER_MS, type Stay, stayAt } from "./stay";

const MINUTE = 60_000;

function stayed(minutes: number, stay: Stay = newStay(0)): Stay {
  let now = stay.seen;
  for (let left = minutes; left > 0; left -= 1) {
    now += MINUTE;
    stay = stayAt(stay, now);
  }
  return stay;
}

describe("a stay in the care space", () => {
  it("is long enough for a pause after 45 minutes, once", () => {
    const stay = stayed(44);
    expect(isPauseDue(stay, 44 * MINUTE)).toBe(false);
    expect(isPauseDue(stay, PAUSE_AFTER_MS)).toBe(true);
    expect(isPauseDue({ ...stay, suggested: true }, 90 * MINUTE)).toBe(false);
  });

  it("begins again after a while away", () => {
    const stay = stayed(40);
    const back = stayAt(stay, 70 * MINUTE);
    expect(isPauseDue(back, 70 * MINUTE)).toBe(false);
  });
});
