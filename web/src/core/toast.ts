/** A sentence that is told for a while, wherever on the page one is. */

import { session } from "./session";
import { Store } from "./store";

export interface Told {
  text: string;
  failure: boolean;
  /** What the person may do about it. */
  action?: { label: string; act: () => void } | undefined;
}

export const toast = new Store<Told | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Say a sentence at the foot of the page for a while; a failure stays until it is closed. */
export function tell(text: string, more: Partial<Omit<Told, "text">> = {}): void {
  clearTimeout(timer);
  toast.set({ text, failure: false, ...more });
  if (!more.failure) timer = setTimeout(() => toast.set(null), more.action ? 9000 : 4000);
}

// It may quote what somebody wrote: nothing of it stays over the door.
session.subscribe(() => {
  if (session.get().state !== "out") return;
  clearTimeout(timer);
  toast.set(null);
});
