/** The loaded part of a conversation: a window, never all of a long one. Pure. */

import type { Message, MessagePage } from "./types";

export interface Window {
  messages: readonly Message[];
  /** The cursor for `before`; `null` at the beginning. */
  earlier: string | null;
  /** The cursor for `after`; `null` at the end. */
  later: string | null;
}

/** The most messages in a window; others are dropped at the other end, and fetched when needed. */
export const MOST_MESSAGES = 120;
/** Messages in the first page, which fills any screen. */
export const FIRST_PAGE = 40;
/** Messages in each further page: few, so that rendering them doesn't disturb scrolling. */
export const NEXT_PAGE = 20;

/** Return a page of messages as a window. */
export function windowOf(page: MessagePage): Window {
  return { messages: page.messages, earlier: page.earlier ?? null, later: page.later ?? null };
}

/** Return the query that fetches a window again in the same place. */
export function askedAgain({ messages, later }: Window): Record<string, string | number> {
  const limit = Math.max(FIRST_PAGE, messages.length);
  const middle = messages[Math.floor(messages.length / 2)];
  return later && middle ? { limit, around: middle.id } : { limit };
}

/** Return the window with an earlier page added. */
export function withEarlier(window: Window, page: MessagePage): Window {
  const messages = [...without(page.messages, window.messages), ...window.messages];
  const kept = messages.slice(0, MOST_MESSAGES);
  const later = kept.length < messages.length ? lastId(kept) : window.later;
  return { messages: kept, earlier: page.earlier ?? null, later };
}

/** Return the window with a later page added. */
export function withLater(window: Window, page: MessagePage): Window {
  const messages = [...window.messages, ...without(page.messages, window.messages)];
  const kept = messages.slice(-MOST_MESSAGES);
  const earlier = kept.length < messages.length ? firstId(kept) : window.earlier;
  return { messages: kept, earlier, later: page.later ?? null };
}

/**
 * Return a window that ends with the newest messages, `page`.
 *
 * The window is kept if the two overlap; if not, messages are missing between
 * them, and only the page is kept.
 */
export function withLatest(window: Window | undefined, page: MessagePage): Window {
  const first = page.messages[0];
  const meet = first ? (window?.messages.findIndex((one) => one.id === first.id) ?? -1) : -1;
  if (!window || meet < 0) return windowOf(page);
  const messages = [...window.messages.slice(0, meet), ...page.messages].slice(-MOST_MESSAGES);
  const cut = messages.length < meet + page.messages.length;
  return {
    messages,
    earlier: cut ? firstId(messages) : meet > 0 ? window.earlier : (page.earlier ?? null),
    later: null,
  };
}

function without(messages: readonly Message[], known: readonly Message[]): Message[] {
  const ids = new Set(known.map((one) => one.id));
  return messages.filter((one) => !ids.has(one.id));
}

const firstId = (messages: readonly Message[]): string | null => messages[0]?.id ?? null;
const lastId = (messages: readonly Message[]): string | null => messages.at(-1)?.id ?? null;
