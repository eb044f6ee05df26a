/**
 * Drafts of unsent messages.
 *
 * They belong to their author: nobody else who signs in sees them. They last as long as the
 * browser tab; drafts of private conversations only as long as the page.
 */

import { session } from "./session";

/** The name of the draft of a new conversation in the care space. */
export const CARE_DRAFT = "care";
const PREFIX = "tau.draft.";
const drafts = new Map<string, string>();

/** Return the storage key of a conversation's draft, also for a new conversation. */
export function draftName(conversation: string | null, isPrivate: boolean): string {
  return conversation ?? (isPrivate ? "private" : "new");
}

function keyOf(name: string): string {
  const here = session.get();
  return `${PREFIX}${here.state === "in" ? here.me.id : ""}.${name}`;
}

/** Store a draft; delete it if it's empty. */
export function keepDraft(name: string, words: string, isPrivate: boolean): void {
  const key = keyOf(name);
  if (words) drafts.set(key, words);
  else drafts.delete(key);
  if (isPrivate) return;
  try {
    if (words) sessionStorage.setItem(key, words);
    else sessionStorage.removeItem(key);
  } catch {
    // kept for this visit only
  }
}

/** Return a draft, or an empty string. */
export function draftOf(name: string): string {
  const key = keyOf(name);
  try {
    return drafts.get(key) ?? sessionStorage.getItem(key) ?? "";
  } catch {
    return drafts.get(key) ?? "";
  }
}

/** Restore the text of a refused message, before newer text. */
export function giveBack(name: string, words: string, isPrivate: boolean): void {
  const written = draftOf(name);
  keepDraft(name, written ? `${words}\n\n${written}` : words, isPrivate);
}

/** Move the draft of a new conversation to its id, once it has one. */
export function moveDraft(from: string, to: string, isPrivate: boolean): void {
  const written = draftOf(from);
  keepDraft(from, "", isPrivate);
  if (written) keepDraft(to, written, isPrivate);
}

/** Delete all drafts, because the person signs out. */
export function clearDrafts(): void {
  drafts.clear();
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
    }
  } catch {
    // the browser stores nothing
  }
}
