/** The stream of a run's updates, with reconnection. */

import { Refused } from "../errors";
import { part, request } from "../http";
import { eventsOf } from "../sse";
import { pause } from "../streams";
import type { RunUpdate } from "../types";
import { isOver } from "./runs";

const MOST_PAUSE_SECONDS = 10;

/** Yield the updates of a run, each once and in order, until it's over. Raises `Refused`. */
export async function* runUpdates(run: string, signal: AbortSignal): AsyncGenerator<RunUpdate> {
  let seen = 0;
  let failures = 0;
  let over = false;
  while (!signal.aborted) {
    try {
      const headers = { Accept: "text/event-stream", "Last-Event-ID": String(seen) };
      const path = `/api/studio/runs/${part(run)}/events`;
      const response = await request("GET", path, { headers, signal });
      for await (const update of eventsOf<RunUpdate>(response.body as ReadableStream<Uint8Array>)) {
        if (update.id <= seen) continue;
        seen = update.id;
        failures = 0;
        over = isOver(update.run);
        yield update;
      }
      if (over) return;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refused && error.status < 500) throw error;
    }
    failures += 1;
    await pause(Math.min(MOST_PAUSE_SECONDS, 0.2 * 2 ** failures), signal);
  }
}
