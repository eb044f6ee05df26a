/** Errors of requests to Tau, and their sentences. Knows nothing of React. */

import type { Strings } from "./strings";

/** Tau answered, and refused: `sentence` is for the person, `code` for the page. */
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

/** Nobody answered: the network, or Tau, is away. */
export class Unreachable extends Error {
  constructor() {
    super("Tau does not answer.");
    this.name = "Unreachable";
  }
}

/** Return whether `error` says that nobody is signed in here (any more). */
export function isSignedOut(error: unknown): boolean {
  return error instanceof Refused && error.status === 401;
}

/** Return whether Tau says that what was asked for is not there (any more). */
export function isGone(error: unknown): boolean {
  return error instanceof Refused && (error.status === 404 || error.status === 422);
}

/** The disk is full: somebody has to make room first. */
const FULL = 507;

/** Return whether trying the same again may help. */
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
