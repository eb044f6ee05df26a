import { describe, expect, it } from "vitest";
import { moodDays } from "./moods";

const at = (day: number, hour = 12) => new Date(2026, 9, day, hour).getTime();
const checkin = (ms: number, mood: number) => ({ id: `${ms}`, at: ms / 1000, mood, words: "" });

describe("days of a chart", () => {
  it("have the mean of their moods, and gaps stay gaps", () => {
    const said = [checkin(at(1), 4), checkin(at(3, 1), 1), checkin(at(3, 23), 2)];
    expect(moodDays(said, at(3, 23))).toEqual([
      { ago: 2, mood: 4 },
      { ago: 0, mood: 1.5 },
    ]);
  });

  it("are days of the calendar, also where clocks change", () => {
    const said = [checkin(at(24), 3), checkin(at(26, 0), 5)];
    expect(moodDays(said, at(26, 1)).map((one) => one.ago)).toEqual([2, 0]);
  });

  it("end at the first day that's shown", () => {
    expect(moodDays([checkin(at(1), 3), checkin(at(2), 3)], at(31), 30)).toEqual([
      { ago: 29, mood: 3 },
    ]);
    expect(moodDays([], at(1))).toEqual([]);
  });
});
