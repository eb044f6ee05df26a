/** Check-ins as days of a chart. Pure. */

import type { MoodCheckIn } from "../types";

export interface MoodDay {
  /** The days before today: 0 is today. */
  ago: number;
  /** The mean of the day's moods, 1 to 5. */
  mood: number;
}

export const SHOWN_DAYS = 30;
const DAY_MS = 86_400_000;

/** Return the mean mood of each of the last days that has one, oldest first. A gap stays a gap. */
export function moodDays(
  checkins: readonly MoodCheckIn[],
  nowMs: number,
  days = SHOWN_DAYS,
): MoodDay[] {
  const today = startOfDay(nowMs);
  const moods = new Map<number, number[]>();
  for (const { at, mood } of checkins) {
    // Rounded, since a day may have 23 or 25 hours.
    const ago = Math.round((today - startOfDay(at * 1000)) / DAY_MS);
    if (ago >= 0 && ago < days) moods.set(ago, [...(moods.get(ago) ?? []), mood]);
  }
  return [...moods]
    .map(([ago, all]) => ({ ago, mood: all.reduce((sum, one) => sum + one, 0) / all.length }))
    .sort((one, other) => other.ago - one.ago);
}

function startOfDay(ms: number): number {
  const day = new Date(ms);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}
