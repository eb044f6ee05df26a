/** Models of a project, their gate and their releases. Pure. */

import type { Comparison, Gate, MadeModel, Method, Release } from "../types";
import { triedOf } from "./comparing";

/** The kinds of methods that become models without training. */
const KEPT = new Set<Method["kind"]>(["classifier", "prompt"]);
/** The largest share of the callers, in percent: all of them are no share. */
export const MOST_SHARE = 99;

/** Return the methods of a comparison that can be kept as models. */
export function keepable(comparison: Comparison | undefined): Method[] {
  return comparison ? triedOf(comparison).filter((each) => KEPT.has(each.kind)) : [];
}

/** Return whether a release answers people now. */
export const answersNow = ({ standing }: Release): boolean =>
  standing === "live" || standing === "share";

/** Return the releases that answer now before those that did. */
export function sortedReleases(releases: readonly Release[]): Release[] {
  return [...releases].sort(
    (one, other) => Number(answersNow(other)) - Number(answersNow(one)) || other.at - one.at,
  );
}

/** Return how many conditions hold, and of how many. */
export function gateCount({ conditions }: Gate): { passed: number; total: number } {
  return { passed: conditions.filter((each) => each.passed).length, total: conditions.length };
}

/** Return whether something can be tried that the gate needs to know and doesn't yet. */
export function canTry({ conditions }: Gate): boolean {
  return conditions.some((each) => !each.passed && TRIED.has(each.kind));
}

const TRIED = new Set(["parity", "differs", "safety"]);

/** Return whether an alias can be used: short, and without what separates parts of names. */
export const isAlias = (text: string): boolean => /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(text);

/** Return models that come oldest first by run, the newest run first; a run's keep their order. */
export function newestFirst(models: readonly MadeModel[]): MadeModel[] {
  const made = new Map(models.map((each) => [each.run, each.made_at]));
  const madeAt = ({ run }: MadeModel) => made.get(run) ?? 0;
  return [...models].sort((one, other) => madeAt(other) - madeAt(one));
}
