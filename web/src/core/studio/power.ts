/** What a test of so many examples can show, as `tau.studio.statistics` computes it. Pure. */

const SIGNIFICANCE = 1.959963984540054; // two-sided 5 %
const POWER = 0.8416212335729143; // 80 %
const DISCORDANT = 0.2;
const HALVINGS = 60;
const FEWEST = 6; // of fewer, even all in favour prove nothing (exact McNemar)
const USUAL_SIZE = 100;
const MOST_BY_DEFAULT = 400;

/** Sizes that the table of what a test can show lists. */
export const SIZES = [50, 100, 200, 400, 800, 1600] as const;

/**
 * Return the smallest difference in the share of right answers that a test can show.
 *
 * Connor's formula (1987) at 80 % power and the 5 % level, if two methods disagree on every fifth
 * example; for small tests that share is raised to the difference.
 */
export function detectable(count: number): number {
  if (count < FEWEST) return 1;
  let [low, high] = [0, 1];
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    if (neededCount(middle) > count) low = middle;
    else high = middle;
  }
  return high;
}

function neededCount(difference: number): number {
  if (difference === 0) return Number.POSITIVE_INFINITY;
  const discordant = Math.max(DISCORDANT, difference);
  const spread = Math.sqrt(Math.max(0, discordant - difference ** 2));
  return ((SIGNIFICANCE * Math.sqrt(discordant) + POWER * spread) / difference) ** 2;
}

/** Return how many of `count` examples Tau puts aside if nobody says so. */
export function defaultTestSize(count: number): number {
  return Math.min(
    Math.floor(count / 3),
    Math.max(USUAL_SIZE, Math.floor(count / 10)),
    MOST_BY_DEFAULT,
  );
}

/** Return the most examples that may be put aside: a third. */
export const mostTestSize = (count: number): number => Math.floor(count / 3);

/** Return points of the curve of what a test can show, evenly spaced on a scale of ratios. */
export function powerCurve(from: number, to: number, points = 48): [number, number][] {
  const ratio = to / from;
  return Array.from({ length: points }, (_, index) => {
    const size = from * ratio ** (index / (points - 1));
    return [size, detectable(size)];
  });
}
