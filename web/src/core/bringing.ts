/** Bringing a file: how far it is, and what of it there is to decide. Pure. */

import type { ForeseenFact, Import } from "./types";

/** What a file may be brought with. */
export interface Terms {
  /** What it claims counts at once, without waiting for the person's word. */
  trust: boolean;
  /** What the person forgot before comes back. */
  forgotten: boolean;
}

export const NO_TERMS: Terms = { trust: false, forgotten: false };

/** Why nothing came of a file: the person stopped it, Tau could not read it, or a request failed. */
export type Problem =
  | { why: "stopped" }
  | { why: "unreadable"; sentence: string }
  | { why: "error"; error: unknown };

/** Where bringing a file is: it is sent, looked through, judged by the person, and then written. */
export type Stage =
  | { at: "choosing"; problem: Problem | null }
  | { at: "sending"; file: File; part: number }
  | { at: "reading"; file: File | null; one: Import }
  | { at: "review"; file: File | null; one: Import; problem: Problem | null }
  | { at: "done"; one: Import };

export const CHOOSING: Stage = { at: "choosing", problem: null };

/** Return the stage after Tau told how far an import is. */
export function stageOf(one: Import, file: File | null): Stage {
  if (isRunning(one)) return { at: "reading", file, one };
  if (!one.dry_run) return { at: "done", one };
  if (one.state === "done") return { at: "review", file, one, problem: null };
  if (one.state === "stopped") return { at: "choosing", problem: { why: "stopped" } };
  return { at: "choosing", problem: { why: "unreadable", sentence: one.sentence } };
}

/** Return the import that a page which was opened anew can go on with: one under way, or looked at. */
export function leftOpen(imports: readonly Import[]): Import | null {
  return imports.find((one) => isRunning(one) || (one.dry_run && one.held)) ?? null;
}

/** Return how much of an import is read, from 0 to 1; `null` while nobody knows. */
export function partRead(one: Pick<Import, "bytes_done" | "bytes_total">): number | null {
  if (one.bytes_total <= 0) return null;
  return Math.min(1, Math.max(0, one.bytes_done / one.bytes_total));
}

export const isRunning = (one: Import): boolean => one.state === "running";

/** Return whether there is something in a file that is not here yet. */
export const bringsSomething = (one: Import): boolean =>
  one.conversations + one.messages + one.facts > 0;

/** Return whether bringing a file could change anything, under some terms at least. */
export const canBring = (one: Import): boolean => bringsSomething(one) || one.forgotten > 0;

/** Return whether a file may hold claims of others about the person, which could be trusted. */
export const mayClaim = (one: Import): boolean => one.facts > 0 || one.forgotten > 0;

/** Return whether an import left something here that could be forgotten. */
export const canForget = (one: Import): boolean =>
  !one.dry_run && !isRunning(one) && bringsSomething(one);

/** Return the imports that wrote something, or tried to: a look into a file is no import. */
export function realOnes(imports: readonly Import[]): Import[] {
  return imports.filter((one) => !one.dry_run);
}

/** Return whether a fact would wait for the person's word if its file came under these terms. */
export const wouldWait = (fact: ForeseenFact, terms: Terms): boolean =>
  fact.trust === "waiting" && !terms.trust;
