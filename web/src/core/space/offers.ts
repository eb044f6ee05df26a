/** Which exercises are offered beside a talk, by its words. Pure, and no model is asked. */

import type { Exercise } from "../types";

export const MOST_OFFERED = 2;

/** Return the exercises whose cues are in the person's last words, those with most of them first. */
export function offered(exercises: readonly Exercise[], words: string): Exercise[] {
  const said = words.toLowerCase().replaceAll("’", "'");
  const counted = exercises.map((exercise, place) => ({
    exercise,
    place,
    count: exercise.cues.filter((cue) => said.includes(cue)).length,
  }));
  return counted
    .filter(({ count }) => count > 0)
    .sort((one, other) => other.count - one.count || one.place - other.place)
    .slice(0, MOST_OFFERED)
    .map(({ exercise }) => exercise);
}
