/** The steps of an import, and what may be done at each. Pure. */

import type { Import, PreviewFact } from "./types";

/** The options of an import. */
export interface Terms {
  /** Its facts count at once, without waiting for the person to approve them. */
  trust: boolean;
  /** Items that the person forgot earlier are imported again. */
  forgotten: boolean;
}

export const NO_TERMS: Terms = { trust: false, forgotten: false };

/** Why an import failed: stopped, a file that Tau cannot read, or a failed request. */
export type Problem =
  | { why: "stopped" }
  | { why: "unreadable"; sentence: string }
  | { why: "error"; error: unknown };

/** The steps: choose a file, send it, read it, review the preview, done. */
export type Stage =
  | { at: "choosing"; problem: Problem | null }
  | { at: "sending"; file: File; part: number }
  | { at: "reading"; file: File | null; one: Import }
  | { at: "review"; file: File | null; one: Import; problem: Problem | null }
  | { at: "done"; one: Import };

export const CHOOSING: Stage = { at: "choosing", problem: null };

/** Return the step that an import's state leads to. */
export function stageOf(one: Import, file: File | null): Stage {
  if (isRunning(one)) return { at: "reading", file, one };
  if (!one.dry_run) return { at: "done", one };
  if (one.state === "done") return { at: "review", file, one, problem: null };
  if (one.state === "stopped") return { at: "choosing", problem: { why: "stopped" } };
  return { at: "choosing", problem: { why: "unreadable", sentence: one.sentence } };
}

/** Return the import that a reloaded page resumes: one that runs, or a preview. */
export function leftOpen(imports: readonly Import[]): Import | null {
  return imports.find((one) => isRunning(one) || (one.dry_run && one.held)) ?? null;
}

/** Return the part of an import that has been read, from 0 to 1; `null` while unknown. */
export function partRead(one: Pick<Import, "bytes_done" | "bytes_total">): number | null {
  if (one.bytes_total <= 0) return null;
  return Math.min(1, Math.max(0, one.bytes_done / one.bytes_total));
}

export const isRunning = (one: Import): boolean => one.state === "running";

/** Return whether an import adds anything. */
export const addsSomething = (one: Import): boolean =>
  one.conversations + one.messages + one.facts > 0;

/** Return whether importing a file can change anything, with some options at least. */
export const canImport = (one: Import): boolean => addsSomething(one) || one.forgotten > 0;

/** Return whether a file may hold facts that the person can choose to trust. */
export const mayClaim = (one: Import): boolean =>
  one.facts > 0 || one.forgotten > 0 || one.origin === "tau";

/** Return whether an import wrote something that can be forgotten. */
export const canForget = (one: Import): boolean =>
  !one.dry_run && !isRunning(one) && addsSomething(one);

/** Return the imports that wrote something or tried to, without the previews. */
export function realOnes(imports: readonly Import[]): Import[] {
  return imports.filter((one) => !one.dry_run);
}

/** Return whether a fact would wait for approval if it were imported with these options. */
export const wouldWait = (fact: PreviewFact, terms: Terms): boolean =>
  fact.trust === "waiting" && !terms.trust;
