/** The signed-in person, and whether Tau can be reached. */

import { Store } from "./store";
import type { Me } from "./types";

export type Session =
  | { state: "asking" }
  | { state: "choosing" /** Signed in, and a sign-in link was opened. */; me: Me; link: string }
  | { state: "in"; me: Me /** Whether this is the copy kept on the device. */; offline: boolean }
  | { state: "out" /** Whether somebody was signed in here until just now. */; ended: boolean };

export const session = new Store<Session>({ state: "asking" });

/** Whether the last request reached Tau. */
export const reachable = new Store(true);

/** Record that this browser's session has ended, perhaps in another tab. */
export function sessionEnded(): void {
  if (session.get().state === "in") session.set({ state: "out", ended: true });
}
