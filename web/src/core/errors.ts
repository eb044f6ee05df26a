/** Errors of requests to Tau, and their sentences. Knows nothing of React. */

import type { Strings } from "./strings";

/** Tau refused a request: `sentence` is for the person, `code` for the app. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly sentence: string,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(sentence);
    this.name = "Refused";
  }
}

/** No response: the network or Tau is unavailable. */
export class Unreachable extends Error {
  constructor() {
    super("Tau does not answer.");
    this.name = "Unreachable";
  }
}

/** Return whether `error` means that nobody is signed in (any more). */
export function isSignedOut(error: unknown): boolean {
  return error instanceof Refused && error.status === 401;
}

/** Return whether `error` means that the item doesn't exist (any more). */
export function isGone(error: unknown): boolean {
  return error instanceof Refused && (error.status === 404 || error.status === 422);
}

/** The status of a full disk, which somebody has to fix first. */
const FULL = 507;

/** Return whether a retry may help. */
export function isPassing(error: unknown): boolean {
  if (error instanceof Refused) return error.status >= 500 && error.status !== FULL;
  return error instanceof Unreachable;
}

/** Return the sentence that explains a failure, in the page's language. */
export function sentenceOf(error: unknown, say: Strings): string {
  if (error instanceof Unreachable) return say.errors.unreachable;
  if (error instanceof Refused) return say.errors.told(error.code, error.sentence);
  return say.errors.unexpected;
}
