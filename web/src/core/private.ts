/** The private conversation of this page: its id is in no address and in no storage. */

import { part, request } from "./http";
import { Store } from "./store";

/** The prefix of ids in private conversations. */
export const PRIVATE_PREFIX = "private-";

export interface PrivateTalk {
  /** The conversation, once its first message is sent. */
  id: string | null;
  /** Whether the one before ended although its page was not left. */
  ended: boolean;
}

export const privateTalk = new Store<PrivateTalk>({ id: null, ended: false });

/**
 * Show a conversation that was started for `page`, the value of `privateTalk` at that time.
 *
 * If the page was left meanwhile, it ends at once. Returns whether it's shown.
 */
export function showPrivate(page: PrivateTalk, id: string): boolean {
  if (privateTalk.get() !== page) {
    endPrivate(id);
    return false;
  }
  privateTalk.set({ id, ended: false });
  return true;
}

/** Have the server end a conversation, even while the page closes; else it does so by itself. */
export function endPrivate(id: string): void {
  const path = `/api/conversations/${part(id)}/end`;
  request("POST", path, { keepalive: true }).catch(() => undefined);
}
