/** Which answers a method confuses with which, where answers are classes. Pure. */

import type { GradedAnswer } from "../types";

export interface Confusion {
  /** The right answers, the most frequent first. */
  labels: string[];
  /** By right answer and by given one; the last column counts answers that are no label. */
  counts: number[][];
  /** The largest count, for shading. */
  most: number;
}

const MOST_LABELS = 16;
const FEWEST_PER_LABEL = 2;

/** Return what is confused with what, or `null` where answers aren't a few that repeat. */
export function confusionOf(answers: readonly GradedAnswer[]): Confusion | null {
  const frequency = new Map<string, number>();
  for (const { expected } of answers) {
    const label = normalized(expected);
    frequency.set(label, (frequency.get(label) ?? 0) + 1);
  }
  const labels = [...frequency].sort((one, other) => other[1] - one[1]).map(([label]) => label);
  const areClasses =
    labels.length >= 2 &&
    labels.length <= MOST_LABELS &&
    answers.length >= FEWEST_PER_LABEL * labels.length;
  return areClasses ? counted(labels, answers) : null;
}

function counted(labels: string[], answers: readonly GradedAnswer[]): Confusion {
  const place = new Map(labels.map((label, index) => [label, index]));
  const counts = labels.map(() => new Array<number>(labels.length + 1).fill(0));
  for (const { answer, expected } of answers) {
    const row = counts[place.get(normalized(expected)) ?? 0] as number[];
    const column = place.get(normalized(answer)) ?? labels.length;
    row[column] = (row[column] ?? 0) + 1;
  }
  return { labels, counts, most: Math.max(1, ...counts.flat()) };
}

const normalized = (text: string): string => text.trim();
