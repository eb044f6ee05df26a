/** Help that is shown in the care space, above everything else. */

import { Store } from "../store";
import type { Help } from "../types";

interface Shown {
  help: Help | null;
  /** The level up to which the person has hidden it, for what they do now. */
  hidden: number;
}

export const danger = new Store<Shown>({ help: null, hidden: 0 });

/** Show help, unless as serious a one was hidden; a less serious one doesn't replace it. */
export function showHelp(help: Help): void {
  const { help: before, hidden } = danger.get();
  if (help.level <= hidden || (before && before.level > help.level)) return;
  danger.set({ help, hidden });
}

/** Hide it: only something more serious brings it back. */
export function hideHelp(): void {
  const { help, hidden } = danger.get();
  danger.set({ help: null, hidden: Math.max(hidden, help?.level ?? 0) });
}

/** Begin something else: what was hidden may be shown again, and what is shown stays. */
export function beginAnew(): void {
  danger.set({ help: danger.get().help, hidden: 0 });
}

/** Drop all of it, because somebody else is here. */
export function dropHelp(): void {
  danger.set({ help: null, hidden: 0 });
}
