/**
 * Words that wait on this device until Tau is back.
 *
 * Each has the identifier of its turn: sent twice, it is said once. Private words never come here.
 */

import { Store } from "./store";

export interface Held {
  turn: string;
  /** The conversation they go to; `null` begins one. */
  conversation: string | null;
  words: string;
  /** Whose they are: another person on this device never sends them. */
  person: string;
  at: number;
}

const KEY = "tau.outbox";

/** Return what was kept; what is not understood is left out. */
export function heldOf(kept: string | null): Held[] {
  try {
    const value: unknown = JSON.parse(kept ?? "[]");
    return Array.isArray(value) ? value.filter(isHeld) : [];
  } catch {
    return [];
  }
}

function isHeld(value: unknown): value is Held {
  if (typeof value !== "object" || value === null) return false;
  const one = value as Record<string, unknown>;
  return (
    [one.turn, one.words, one.person].every((text) => typeof text === "string") &&
    (one.conversation === null || typeof one.conversation === "string") &&
    typeof one.at === "number"
  );
}

function kept(): Held[] {
  try {
    return heldOf(localStorage.getItem(KEY));
  } catch {
    return [];
  }
}

export const outbox = new Store<readonly Held[]>(kept());

function keep(held: readonly Held[]): void {
  outbox.set(held);
  try {
    localStorage.setItem(KEY, JSON.stringify(held));
  } catch {
    // kept for this visit only
  }
}

/** Keep words until they can be sent. */
export function hold(one: Held): void {
  keep([...kept().filter((other) => other.turn !== one.turn), one]);
}

/** Let go of words: they arrived, or are not to be sent. */
export function release(turn: string): void {
  keep(kept().filter((one) => one.turn !== turn));
}

globalThis.addEventListener?.("storage", (event) => {
  if (event.key === KEY) outbox.set(heldOf(event.newValue));
});
