/** Streams of a turn's events and of a person's changes, with reconnection. */

import { isSignedOut, Refused } from "./errors";
import { type Asked, part, request } from "./http";
import { eventsOf } from "./sse";
import type { Change, TurnEvent } from "./types";

const STREAM = { Accept: "text/event-stream" };
const MOST_PAUSE_SECONDS = 10;
const ATTEMPTS_TO_BEGIN = 3;

/** The request that starts a turn. */
export interface Beginning {
  path: string;
  body: Record<string, unknown>;
}

export interface Following {
  begin?: Beginning | undefined;
  signal: AbortSignal;
  /** Called when the connection is lost and being restored. */
  onLost?: () => void;
}

/**
 * Yield the events of a turn, each once and in order, until it ends.
 *
 * With `begin` the first request starts it; repeating that is safe, since the turn has an
 * id. Raises `Refused` if Tau refuses, `Unreachable` if it was never started.
 */
export async function* turnEvents(turn: string, how: Following): AsyncGenerator<TurnEvent> {
  let seen = 0;
  let failures = 0;
  let begin = how.begin;
  while (!how.signal.aborted) {
    let after = 0;
    try {
      const response = await (begin
        ? beginning(turn, begin, how.signal)
        : resuming(turn, seen, how.signal));
      for await (const event of eventsOf<TurnEvent>(response.body as ReadableStream<Uint8Array>)) {
        begin = undefined;
        if (event.id <= seen) continue;
        seen = event.id;
        failures = 0;
        yield event;
        if (event.type === "done" || event.type === "failed") return;
      }
    } catch (error) {
      if (how.signal.aborted) return;
      if (error instanceof Refused && error.status < 500) throw error;
      if (begin && failures + 1 >= ATTEMPTS_TO_BEGIN) throw error;
      if (error instanceof Refused) after = error.retryAfterSeconds ?? 0;
    }
    failures += 1;
    if (failures > 1) how.onLost?.();
    await pause(Math.min(MOST_PAUSE_SECONDS, Math.max(after, 0.2 * 2 ** failures)), how.signal);
  }
}

function beginning(turn: string, begin: Beginning, signal: AbortSignal): Promise<Response> {
  const asked: Asked = { body: { ...begin.body, turn }, headers: STREAM, signal };
  return request("POST", begin.path, asked);
}

function resuming(turn: string, seen: number, signal: AbortSignal): Promise<Response> {
  const headers = { ...STREAM, "Last-Event-ID": String(seen) };
  return request("GET", `/api/turns/${part(turn)}/events`, { headers, signal });
}

/** A notice of `changes`: a change, or whether Tau can be reached. */
export type Notice = { kind: "change"; change: Change } | { kind: "here" } | { kind: "away" };

/** A tab that is hidden for so long closes its connection: browsers allow six for all tabs. */
const REST_AFTER_MS = 5000;

/**
 * Yield changes on other devices, and whether Tau is reachable, while the page is visible.
 *
 * A hidden page closes its connection, unless Tau is unreachable: then it keeps trying,
 * since messages may wait to be sent. Shown again, it gets a `resync` notice.
 */
export async function* changesWhileShown(signal: AbortSignal): AsyncGenerator<Notice> {
  let missed = false;
  while (!signal.aborted) {
    const open = new AbortController();
    const close = () => open.abort();
    signal.addEventListener("abort", close);
    const rest = new Rest(close);
    try {
      for await (const notice of changes(open.signal, missed)) {
        if (notice.kind === "here") rest.allow();
        else if (notice.kind === "away") rest.forbid();
        yield notice;
      }
    } finally {
      rest.forbid();
      signal.removeEventListener("abort", close);
    }
    missed = true;
    await beingShown(signal);
  }
}

/** Calls `begin` once the page has been hidden for a while. */
class Rest {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly begin: () => void) {}

  allow(): void {
    globalThis.document?.addEventListener("visibilitychange", this.#look);
    this.#look();
  }

  forbid(): void {
    globalThis.document?.removeEventListener("visibilitychange", this.#look);
    clearTimeout(this.#timer);
  }

  readonly #look = () => {
    clearTimeout(this.#timer);
    if (globalThis.document?.hidden) this.#timer = setTimeout(this.begin, REST_AFTER_MS);
  };
}

/** Resolves when the page is shown, or `signal` ends. */
function beingShown(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (globalThis.document?.hidden && !signal.aborted) return;
      globalThis.document?.removeEventListener("visibilitychange", look);
      signal.removeEventListener("abort", look);
      resolve();
    };
    globalThis.document?.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look);
    look();
  });
}

/**
 * Yield changes on other devices, and whether Tau is reachable, until `signal` ends.
 *
 * With `missed` something may have changed before: it begins with a `resync` notice.
 */
export async function* changes(signal: AbortSignal, missed = false): AsyncGenerator<Notice> {
  let failures = 0;
  let isBehind = missed;
  while (!signal.aborted) {
    try {
      const response = await request("GET", "/api/changes", { headers: STREAM, signal });
      yield { kind: "here" };
      if (isBehind) yield { kind: "change", change: { what: "resync", seq: 0 } as Change };
      failures = 0;
      for await (const change of eventsOf<Change>(response.body as ReadableStream<Uint8Array>)) {
        yield { kind: "change", change };
      }
    } catch (error) {
      if (signal.aborted) return;
      if (isSignedOut(error)) throw error;
      // A refusal means that Tau is reachable; it may accept later.
      if (!(error instanceof Refused) || error.status >= 500) yield { kind: "away" };
    }
    isBehind = true;
    failures += 1;
    await pause(Math.min(MOST_PAUSE_SECONDS, 0.25 * 2 ** failures), signal);
  }
}

/** Wait. Ends early with `signal`, or when the browser is back online. */
export function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", end);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    globalThis.addEventListener?.("online", end);
    signal?.addEventListener("abort", end);
  });
}
