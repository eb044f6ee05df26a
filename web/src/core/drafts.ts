/**
 * Words that were begun and not sent: going elsewhere and coming back finds them again.
 *
 * They are their writer's: whoever else signs in here does not find them. They last as long as the
 * browser's tab; those of private conversations only as long as the page.
 */

import { session } from "./session";

const PREFIX = "tau.draft.";
const drafts = new Map<string, string>();

/** Return what the draft of a conversation is kept under; one that has not begun has a name, too. */
export function draftName(conversation: string | null, isPrivate: boolean): string {
  return conversation ?? (isPrivate ? "private" : "new");
}

function keyOf(name: string): string {
  const here = session.get();
  return `${PREFIX}${here.state === "in" ? here.me.id : ""}.${name}`;
}

/** Keep a draft under its name; an empty one goes. */
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

/** Return a draft, or nothing. */
export function draftOf(name: string): string {
  const key = keyOf(name);
  try {
    return drafts.get(key) ?? sessionStorage.getItem(key) ?? "";
  } catch {
    return drafts.get(key) ?? "";
  }
}

/** Put words back that could not be said, before what was written meanwhile. */
export function giveBack(name: string, words: string, isPrivate: boolean): void {
  const written = draftOf(name);
  keepDraft(name, written ? `${words}\n\n${written}` : words, isPrivate);
}

/** Let what was written in a conversation that had not begun go with it, now that it has. */
export function moveDraft(from: string, to: string, isPrivate: boolean): void {
  const written = draftOf(from);
  keepDraft(from, "", isPrivate);
  if (written) keepDraft(to, written, isPrivate);
}

/** Let go of every draft: their writer leaves. */
export function clearDrafts(): void {
  drafts.clear();
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
    }
  } catch {
    // a browser that keeps nothing
  }
}
