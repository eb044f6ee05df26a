/** What a conversation's lines say about each other. Pure. */

import type { Live } from "./live";
import type { Line } from "./thread";

/** Return how many lines an edit of the line `id` hides: those below it. */
export function hiddenBy(lines: readonly Line[], id: string): number {
  const place = lines.findIndex((line) => line.id === id);
  return place < 0 ? 0 : lines.length - 1 - place;
}

/** Return the message that a reply answers; `null` if it was forgotten. */
export function answeredBy(lines: readonly Line[], reply: number): string | null {
  const before = lines[reply - 1];
  return before?.by === "person" ? before.id : null;
}

/** Return the version before or after the one that shows; `null` at the ends. */
export function otherVersion(line: Line, step: -1 | 1): string | null {
  return line.versions[line.version - 1 + step] ?? null;
}

/** Return whether the last message has no reply and none is in progress. */
export function isUnanswered(lines: readonly Line[], live: Live | null): boolean {
  const last = lines.at(-1);
  if (last?.by !== "person" || last.state !== "written") return false;
  return live === null || live.state === "failed" || live.state === "stopped";
}
