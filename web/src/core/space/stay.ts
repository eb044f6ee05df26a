/** How long somebody has been in the care space, and when a pause is suggested. Pure. */

export const PAUSE_AFTER_MS = 45 * 60_000;
/** Whoever comes back after so long begins a new stay. */
const AWAY_MS = 10 * 60_000;

export interface Stay {
  since: number;
  /** When it was last looked at. */
  seen: number;
  /** Whether a pause was suggested: once is enough. */
  suggested: boolean;
}

export const newStay = (now: number): Stay => ({ since: now, seen: now, suggested: false });

/** Return the stay as it is now. */
export function stayAt(stay: Stay, now: number): Stay {
  return now - stay.seen > AWAY_MS ? newStay(now) : { ...stay, seen: now };
}

/** Return whether a pause is to be suggested now. */
export function isPauseDue(stay: Stay, now: number): boolean {
  return !stay.suggested && now - stay.since >= PAUSE_AFTER_MS;
}
