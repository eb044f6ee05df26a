/** A turn's events and a person's changes, over as many connections as that takes. */

import { Refused } from "./errors";
import { type Asked, part, request } from "./http";
import { eventsOf } from "./sse";
import type { Change, TurnEvent } from "./types";

const STREAM = { Accept: "text/event-stream" };
const MOST_PAUSE_SECONDS = 10;
const ATTEMPTS_TO_BEGIN = 3;

/** The request that begins a turn, where this device is the one that begins it. */
export interface Beginning {
  path: string;
  body: Record<string, unknown>;
}

export interface Following {
  begin?: Beginning | undefined;
  signal: AbortSignal;
  /** Called when the connection was lost and is being sought again. */
  onLost?: () => void;
}

/**
 * Yield the events of the turn `turn`, each once and in order, until it is over.
 *
 * With `begin` the first connection begins it; repeating that is safe, since the turn has an
 * identifier of its own. Raises `Refused` where Tau refuses, `Unreachable` if it was never begun.
 */
export async function* turnEvents(turn: string, how: Following): AsyncGenerator<TurnEvent> {
  let seen = 0;
  let failures = 0;
  let begin = how.begin;
  while (!how.signal.aborted) {
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
    }
    failures += 1;
    if (failures > 1) how.onLost?.();
    await pause(Math.min(MOST_PAUSE_SECONDS, 0.2 * 2 ** failures), how.signal);
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

/** What `changes` tells besides changes: whether Tau answers. */
export type Notice = { kind: "change"; change: Change } | { kind: "here" } | { kind: "away" };

/** Yield what changes on other devices, and whether Tau is there, for as long as `signal` lasts. */
export async function* changes(signal: AbortSignal): AsyncGenerator<Notice> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const response = await request("GET", "/api/changes", { headers: STREAM, signal });
      yield { kind: "here" };
      if (failures > 0) yield { kind: "change", change: { what: "resync", seq: 0 } as Change };
      failures = 0;
      for await (const change of eventsOf<Change>(response.body as ReadableStream<Uint8Array>)) {
        yield { kind: "change", change };
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refused && error.status < 500) throw error;
      yield { kind: "away" };
    }
    failures += 1;
    await pause(Math.min(MOST_PAUSE_SECONDS, 0.25 * 2 ** failures), signal);
  }
}

/** Wait; ends early when `signal` does, or when the browser says that the network is back. */
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
