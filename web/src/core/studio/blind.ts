/** Blind comparison: keys, pairs that can be compared, and what the votes say. Pure. */

import type { Comparison, Revealed } from "../types";
import { triedOf } from "./comparing";

export type VoteChoice = "left" | "right" | "neither";

/** The keys of the votes, in the order in which the page explains them. */
export const VOTE_KEYS: readonly (readonly [key: string, choice: VoteChoice])[] = [
  ["1", "left"],
  ["2", "right"],
  ["0", "neither"],
];
const SIGNIFICANT = 0.05;

/** Return the vote of a key, `null` if it's none or a browser's own, or held for longer. */
export function voteOf(pressed: {
  key: string;
  repeat: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}): VoteChoice | null {
  if (pressed.repeat || pressed.ctrlKey || pressed.metaKey || pressed.altKey) return null;
  return VOTE_KEYS.find(([key]) => key === pressed.key)?.[1] ?? null;
}

/** Return the names of the methods whose answers can be compared blind, the best two first. */
export function reviewable(comparison: Comparison | undefined): string[] {
  if (!comparison) return [];
  return triedOf(comparison)
    .sort((one, other) => other.passed.value - one.passed.value)
    .map(({ name }) => name);
}

/** Return what the votes show: one of the two is better, or nothing. */
export function preferred({
  preferred_first: first,
  preferred_second: second,
  p,
}: Revealed): "first" | "second" | null {
  if (p >= SIGNIFICANT || first === second) return null;
  return first > second ? "first" : "second";
}
