/**
 * Copies of recent conversations on this device, to read while Tau is unreachable.
 *
 * The service worker uses this; it's passed the two things it needs: a store for
 * responses, and a fetch function. A copy goes into the cache that existed when it was requested:
 * if that was deleted meanwhile, a late response is lost with it, since nothing can reach it.
 */

import { CARE } from "./experts";
import { PRIVATE_PREFIX } from "./private";
import type { Conversation, ConversationPage, Me, MessagePage } from "./types";
import { FIRST_PAGE } from "./window";

/** Messages from the page to its service worker. */
export type ToWorker =
  /** The person whose copies may be kept; `null` deletes all. */
  | { kind: "keep"; person: string | null }
  /** Something was forgotten: delete all copies. */
  | { kind: "forget" }
  /** Fetch the recent conversations again, and delete all other copies. */
  | { kind: "fill" }
  /** Take over at once if `script` is of this version; the response says whether it is. */
  | { kind: "settle"; script: string }
  | { kind: "takeOver" };

/** The header of a copy: when it was made. */
export const COPY_HEADER = "X-Tau-Copy";

const CACHE = "tau-copies-";
const ENTERING = /^\/api\/(?:sign-in|sign-out|recover|welcome|invitations\/accept)$/;
const FORGETTING = /^\/api\/(?:memory|messages)\/forget$/;
/** Conversations whose last messages are fetched, and the lists shown first. */
const RECENT = 15;
const LISTS: readonly string[] = ["/api/conversations?limit=30", "/api/conversations?limit=100"];
/** The first page of a conversation; others aren't kept. */
const END = `/messages?limit=${FIRST_PAGE}`;
const CONVERSATION = /^\/api\/conversations\/[^/?]+$/;
const MOST_COPIES = 300;

/** Return whether a response may be kept; `path` includes the query. */
export function isCopied(method: string, path: string): boolean {
  if (method !== "GET" || isPrivate(path)) return false;
  return path === "/api/me" || LISTS.includes(path) || CONVERSATION.test(withoutEnd(path));
}

/** Return the path of the conversation whose messages are at `path`; others unchanged. */
function withoutEnd(path: string): string {
  return path.endsWith(END) ? path.slice(0, -END.length) : path;
}

function isPrivate(path: string): boolean {
  const parts = (path.split("?")[0] ?? "").split("/");
  return parts.some((part) => decodeURIComponent(part).startsWith(PRIVATE_PREFIX));
}

/** What a request invalidates: the person, or the copies. */
export type Ending = "person" | "copies";

/** Return what a request invalidates if it succeeds; `null` if nothing. */
export function endingOf(method: string, path: string): Ending | null {
  if (method === "POST" && ENTERING.test(path)) return "person";
  if (method === "DELETE" && path.startsWith("/api/")) return "copies";
  return method === "POST" && FORGETTING.test(path) ? "copies" : null;
}

/** Return whether a response is a proxy's, because Tau is down. */
export function isAway(response: Response): boolean {
  const isJson = response.headers.get("Content-Type")?.includes("json") ?? false;
  return response.status >= 502 && response.status <= 504 && !isJson;
}

/** Return the part of a response that may be kept, `null` if none. */
export function keepable(path: string, answer: unknown): unknown {
  if (path === "/api/conversations") {
    const page = answer as ConversationPage;
    return { ...page, conversations: page.conversations.filter(isKeepable) };
  }
  const one = answer as Partial<Conversation & MessagePage>;
  return [one, ...(one.messages ?? [])].every(isKeepable) ? answer : null;
}

const isKeepable = (one: Partial<Conversation>) => !one.private && one.expert !== CARE;

export interface CopiesNeed {
  caches: CacheStorage;
  fetch: (request: Request | string) => Promise<Response>;
  origin: string;
  /** How long Tau may take to respond before the copy is used. */
  patienceMs?: number;
}

export class Copies {
  #filling: Promise<void> | null = null;
  #isStale = false;
  #order: Promise<unknown> = Promise.resolve();

  constructor(readonly need: CopiesNeed) {}

  /** Keep copies for `person` and delete all others; without one, keep none. */
  keep(person: string | null): Promise<void> {
    return this.#inTurn(async () => {
      const wanted = person === null ? null : CACHE + person;
      for (const name of await this.#names()) {
        if (name !== wanted) await this.need.caches.delete(name);
      }
      if (wanted) await this.need.caches.open(wanted);
    });
  }

  /** Delete the copies; new ones may be made. */
  forget(): Promise<void> {
    return this.#inTurn(async () => {
      for (const name of await this.#names()) {
        await this.need.caches.delete(name);
        await this.need.caches.open(name);
      }
    });
  }

  /** Respond with Tau's response or the last copy; `meanwhile` takes work that continues. */
  async answer(request: Request, meanwhile: (work: Promise<unknown>) => void): Promise<Response> {
    const kept = await this.#kept();
    const asked = this.need.fetch(request);
    const learned = asked.then(async (response) => {
      const answer = await this.#learn(kept, request.url, response.clone());
      if (kept && answer !== null) await this.#learnName(kept, request.url);
    });
    meanwhile(learned.catch(() => undefined));
    const copy = await kept?.cache.match(request.url);
    if (!copy) return asked;
    const response = await orNothing(asked, this.need.patienceMs ?? 10_000);
    return response === null || isAway(response) ? copy : response;
  }

  /** Fetch the recent conversations. Called while it runs, it starts over. */
  fill(): Promise<void> {
    this.#isStale = true;
    this.#filling ??= this.#fillWhileStale().finally(() => {
      this.#filling = null;
    });
    return this.#filling;
  }

  async #fillWhileStale(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      const kept = await this.#kept();
      if (kept) await this.#fillOnce(kept);
    }
  }

  async #fillOnce(kept: Kept): Promise<void> {
    const before = (await kept.cache.keys()).map((request) => request.url);
    const fetched = new Set<string>();
    const fetchOne = async (path: string): Promise<unknown> => {
      const url = this.need.origin + path;
      const response = await this.need.fetch(url);
      if (isAway(response)) throw new TypeError("Tau is away.");
      fetched.add(url);
      return this.#learn(kept, url, response);
    };
    try {
      const me = (await fetchOne("/api/me")) as Me | null;
      if (me?.id !== kept.person) return;
      const lists = [];
      for (const path of LISTS) lists.push((await fetchOne(path)) as ConversationPage | null);
      for (const one of lists[0]?.conversations.slice(0, RECENT) ?? []) {
        const path = `/api/conversations/${encodeURIComponent(one.id)}`;
        await fetchOne(path + END);
        await fetchOne(path);
      }
    } catch {
      return; // Tau is unreachable: existing copies stay
    }
    for (const url of before) if (!fetched.has(url)) await kept.cache.delete(url);
  }

  /** Store a response; returns what was kept. */
  async #learn(kept: Kept | null, url: string, response: Response): Promise<unknown> {
    if (response.status === 401) await this.keep(null);
    if (!kept) return null;
    if (response.status === 404) await kept.cache.delete(url);
    if (response.status !== 200) return null;
    const path = new URL(url).pathname;
    // Only conversations with stored messages are kept, not those that were just listed.
    if (CONVERSATION.test(path) && !(await kept.cache.match(url + END))) return null;
    const answer = keepable(path, await response.json());
    if (answer === null) return null;
    if (path === "/api/me" && (answer as Me).id !== kept.person) {
      await this.keep(null); // somebody else signed in
      return null;
    }
    const headers = { "Content-Type": "application/json", [COPY_HEADER]: new Date().toISOString() };
    await kept.cache.put(url, new Response(JSON.stringify(answer), { headers }));
    await drain(kept.cache);
    return answer;
  }

  /** The conversation may have been requested before its messages were kept, and skipped. */
  async #learnName(kept: Kept, url: string): Promise<void> {
    const conversation = withoutEnd(url);
    if (conversation === url || (await kept.cache.match(conversation))) return;
    await this.#learn(kept, conversation, await this.need.fetch(conversation));
  }

  /** The cache for copies; serialised, so that a lookup doesn't recreate a deleted one. */
  #kept(): Promise<Kept | null> {
    return this.#inTurn(async () => {
      const name = (await this.#names())[0];
      if (!name) return null;
      return { person: name.slice(CACHE.length), cache: await this.need.caches.open(name) };
    });
  }

  async #names(): Promise<string[]> {
    return (await this.need.caches.keys()).filter((name) => name.startsWith(CACHE));
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#order.then(act, act);
    this.#order = done.catch(() => undefined);
    return done;
  }
}

interface Kept {
  person: string;
  cache: Cache;
}

/** Delete the oldest copies if there are too many. */
async function drain(cache: Cache): Promise<void> {
  const keys = await cache.keys();
  for (const oldest of keys.slice(0, Math.max(0, keys.length - MOST_COPIES))) {
    await cache.delete(oldest);
  }
}

/** Return the answer, or `null` if it fails or takes too long. */
export function orNothing(asked: Promise<Response>, patienceMs: number): Promise<Response | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), patienceMs);
    asked
      .then(resolve, () => resolve(null))
      .finally(() => {
        clearTimeout(timer);
      });
  });
}
