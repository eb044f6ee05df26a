/**
 * Words that were begun and not sent: going elsewhere and coming back finds them again.
 *
 * They last as long as the browser's tab; those of private conversations only as long as the page.
 */

const PREFIX = "tau.draft.";
const drafts = new Map<string, string>();

/** Return what the draft of a conversation is kept under; one that has not begun has a name, too. */
export function draftName(conversation: string | null, isPrivate: boolean): string {
  return conversation ?? (isPrivate ? "private" : "new");
}

/** Keep a draft of a conversation under its name; an empty one goes. */
export function keepDraft(conversation: string, words: string, isPrivate: boolean): void {
  if (words) drafts.set(conversation, words);
  else drafts.delete(conversation);
  if (isPrivate) return;
  try {
    if (words) sessionStorage.setItem(PREFIX + conversation, words);
    else sessionStorage.removeItem(PREFIX + conversation);
  } catch {
    // kept for this visit only
  }
}

/** Return the draft of a conversation, or nothing. */
export function draftOf(conversation: string): string {
  try {
    return drafts.get(conversation) ?? sessionStorage.getItem(PREFIX + conversation) ?? "";
  } catch {
    return drafts.get(conversation) ?? "";
  }
}

/** Let go of every draft: somebody else is to sign in here. */
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
