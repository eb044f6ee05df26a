/** The toast: a message that is shown for a few seconds on any page. */

import { session } from "./session";
import { Store } from "./store";

export interface ToastMessage {
  text: string;
  failure: boolean;
  /** A button in the toast. */
  action?: { label: string; act: () => void } | undefined;
}

export const toast = new Store<ToastMessage | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Show a toast for a few seconds; a failure stays until it's closed. */
export function showToast(text: string, more: Partial<Omit<ToastMessage, "text">> = {}): void {
  clearTimeout(timer);
  toast.set({ text, failure: false, ...more });
  if (!more.failure) timer = setTimeout(() => toast.set(null), more.action ? 9000 : 4000);
}

// It may quote what somebody wrote, so it goes when they sign out.
session.subscribe(() => {
  if (session.get().state !== "out") return;
  clearTimeout(timer);
  toast.set(null);
});
