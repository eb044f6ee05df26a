/** Keys of the review of examples, and what an example is there. Pure. */

import type { Example } from "../types";

export type ReviewAct = "next" | "previous" | "toggle" | "edit";

/** The keys in the order in which the page explains them. */
export const REVIEW_KEYS: Record<string, ReviewAct> = {
  j: "next",
  k: "previous",
  x: "toggle",
  e: "edit",
};

interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  /** The name of the element that has the focus, in capitals. */
  within: string;
}

const TYPED_INTO = new Set(["INPUT", "TEXTAREA", "SELECT"]);

/** Return what a key does in the list, `null` for what isn't ours: typing, or a browser's own. */
export function reviewAct(pressed: Pressed): ReviewAct | null {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return null;
  if (TYPED_INTO.has(pressed.within)) return null;
  if (pressed.key === "ArrowDown") return "next";
  if (pressed.key === "ArrowUp") return "previous";
  return REVIEW_KEYS[pressed.key.toLowerCase()] ?? null;
}

/** Return the place after a step, within a list. */
export function stepped(at: number, act: ReviewAct, length: number): number {
  if (length === 0) return -1;
  const by = act === "next" ? 1 : act === "previous" ? -1 : 0;
  return Math.min(length - 1, Math.max(0, at + by));
}

/** Return what is asked in an example, also in one without its answer: the user's last words. */
export function requestOf(example: Pick<Example, "messages">): string {
  const said = example.messages.filter((each) => each.role === "user");
  return said.at(-1)?.content ?? "";
}

/** Return what should be answered. */
export const answerOf = (example: Example): string => example.messages.at(-1)?.content ?? "";

/** Return how many messages stand before the request: instructions and earlier turns. */
export const earlierCount = (example: Example): number => Math.max(0, example.messages.length - 2);

/** Return whether an example may be changed or left out: the frozen test stays as it is. */
export const mayChange = (example: Example): boolean => !example.in_test;

/** Return what `x` decides: to keep what waits or was left out, to leave out what is kept. */
export const otherDecision = (example: Example): "keep" | "leave out" =>
  example.waiting || example.decision === "leave out" ? "keep" : "leave out";
