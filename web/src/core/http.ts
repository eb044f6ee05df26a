/** Requests to Tau's own API, and nowhere else: every address is a path on this origin. */

import { Refused, Unreachable } from "./errors";
import { session } from "./session";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Asked {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Whether the request outlives its page. */
  keepalive?: boolean;
}

/** Send a request. Raises `Refused` with Tau's sentence, `Unreachable` without a response. */
export async function request(method: Method, path: string, asked: Asked = {}): Promise<Response> {
  const headers = { ...expected(), ...asked.headers };
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (asked.signal) init.signal = asked.signal;
  if (asked.keepalive) init.keepalive = true;
  if (asked.body instanceof Blob) {
    init.body = asked.body;
  } else if (asked.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(asked.body);
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (asked.signal?.aborted) throw error;
    throw new Unreachable();
  }
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/** The person of this page, also after their session ended, until somebody else signs in. */
let person: string | null = null;
session.subscribe(() => {
  const here = session.get();
  if (here.state === "in") person = here.me.id;
});

/** The time zone of this device, for help in the person's country. */
const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * Send the page's person, so that Tau refuses if somebody else signed in in another tab, and this
 * device's time zone.
 */
export function expected(): Record<string, string> {
  const here: Record<string, string> = {};
  if (person !== null) here["X-Tau-Person"] = person;
  if (TIME_ZONE) here["X-Tau-Time-Zone"] = TIME_ZONE;
  return here;
}

async function refusalOf(response: Response): Promise<Error> {
  const wait = Number(response.headers.get("Retry-After"));
  const after = Number.isFinite(wait) && wait > 0 ? wait : null;
  try {
    const { error } = (await response.json()) as { error: { code: string; sentence: string } };
    return new Refused(response.status, error.code, error.sentence, after);
  } catch {
    // Not Tau's response: a proxy answered in its place.
    if (response.status >= 502 && response.status <= 504) return new Unreachable();
    return new Refused(response.status, "refused", response.statusText, after);
  }
}

async function json<T>(method: Method, path: string, asked: Asked = {}): Promise<T> {
  const response = await request(method, path, asked);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export const get = <T>(path: string, signal?: AbortSignal) => json<T>("GET", path, { signal });
export const post = <T>(path: string, body: unknown = {}) => json<T>("POST", path, { body });
export const put = <T>(path: string, body: unknown) => json<T>("PUT", path, { body });
export const patch = <T>(path: string, body: unknown) => json<T>("PATCH", path, { body });
export const erase = <T = void>(path: string) => json<T>("DELETE", path);

/** Return `values` as a query string with its `?`, or nothing; what is undefined is left out. */
export function query(
  values: Record<string, string | number | boolean | null | undefined>,
): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  if (!given.length) return "";
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

/** Encode an id as a part of a path. */
export const part = encodeURIComponent;

/** Return a new unique id: 96 random bits. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}
