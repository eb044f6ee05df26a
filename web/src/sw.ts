/**
 * The service worker: the app's files and copies of recent conversations, for use offline.
 *
 * Built by `plugins/service-worker.ts`, which lists the files. Its only state is in its
 * caches, since a browser may stop it at any time.
 */

import { Copies, endingOf, isAway, isCopied, orNothing, type ToWorker } from "./core/offline";

declare const __FILES__: readonly string[];
declare const __VERSION__: string;

/** The parts of a worker's global scope used here; TypeScript needs another `lib` for them. */
interface Work extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Work {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface WorkerMessageEvent extends Work {
  readonly data: ToWorker;
  readonly ports: readonly MessagePort[];
}
interface World {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", listener: (event: Work) => void): void;
  addEventListener(type: "fetch", listener: (event: Asked) => void): void;
  addEventListener(type: "message", listener: (event: WorkerMessageEvent) => void): void;
}
const world = globalThis as unknown as World;

const SHELL = "tau-shell-";
const OWN = SHELL + __VERSION__;
const PAGE = "/";
const PAGE_PATIENCE_MS = 3000;
/** Help lines: they're kept for everybody, signed in or not. */
const HELP = "/api/care/lines";
const HELP_PATHS = ["en", "zh"].map((language) => `${HELP}?language=${language}`);
/** Paths on this origin that aren't part of the app. */
const NOT_THE_PAGE = /^\/(?:api|v1|external|metrics|status|openapi\.json|assets)(?:\/|$)/;
const FILES = new Set(__FILES__);
const ANY_VARIANT = { ignoreVary: true, ignoreSearch: false } as const;

const copies = new Copies({
  caches,
  fetch: (request) => fetch(request),
  origin: location.origin,
});

world.addEventListener("install", (event) => event.waitUntil(install()));
world.addEventListener("activate", (event) => event.waitUntil(activate()));
world.addEventListener("message", (event) => event.waitUntil(obey(event)));
world.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (origin !== location.origin || request.headers.has("Authorization")) return;
  const ending = endingOf(request.method, pathname);
  if (request.mode === "navigate") {
    if (request.method === "GET" && !NOT_THE_PAGE.test(pathname)) event.respondWith(page(request));
  } else if (isCopied(request.method, pathname + search)) {
    event.respondWith(copies.answer(request, (work) => event.waitUntil(work)));
  } else if (request.method === "GET" && pathname === HELP) {
    event.respondWith(helpLines(request));
  } else if (ending) {
    event.respondWith(ended(event, ending === "person"));
  } else if (request.method === "GET" && (FILES.has(pathname) || pathname.startsWith("/assets/"))) {
    event.respondWith(file(request));
  }
});

async function install(): Promise<void> {
  const cache = await caches.open(OWN);
  await Promise.all(__FILES__.map((path) => fetchInto(cache, path)));
  await Promise.all(HELP_PATHS.map((path) => helpLines(new Request(path, { headers: PLACE }))));
}

/** Files with a hash in their name never change, so cached ones aren't fetched again. */
async function fetchInto(cache: Cache, path: string): Promise<void> {
  const known = path.startsWith("/assets/") ? await caches.match(path, ANY_VARIANT) : undefined;
  const response = known ?? (await fetch(path, { cache: "no-cache" }));
  if (!response.ok) throw new Error(`The file ${path} cannot be had.`);
  await cache.put(path, response);
}

/** Take over. The previous version's files stay for tabs opened with it. */
async function activate(): Promise<void> {
  const shells = (await caches.keys()).filter((name) => name.startsWith(SHELL) && name !== OWN);
  await Promise.all(shells.slice(0, -1).map((name) => caches.delete(name)));
  await world.clients.claim();
}

async function obey({ data, ports }: WorkerMessageEvent): Promise<void> {
  switch (data.kind) {
    case "keep":
      return copies.keep(data.person);
    case "forget":
      await copies.forget();
      return copies.fill();
    case "fill":
      return copies.fill();
    case "settle": {
      const isOwn = FILES.has(data.script);
      ports[0]?.postMessage(isOwn);
      return isOwn ? world.skipWaiting() : undefined;
    }
    case "takeOver":
      return world.skipWaiting();
  }
}

/** The current page or, if Tau is unreachable or slow, its copy. */
async function page(request: Request): Promise<Response> {
  const cache = await caches.open(OWN);
  const kept = await cache.match(PAGE, ANY_VARIANT);
  if (!kept) return fetch(request);
  const response = await orNothing(fetch(request), PAGE_PATIENCE_MS);
  return response === null || isAway(response) ? kept : response;
}

const PLACE = { "X-Tau-Time-Zone": Intl.DateTimeFormat().resolvedOptions().timeZone };

/** Tau's help lines or, if it's unreachable or slow, their copy. */
async function helpLines(request: Request): Promise<Response> {
  const cache = await caches.open(OWN);
  const asked = fetch(request).then(async (response) => {
    if (response.ok) await cache.put(request.url, response.clone());
    return response;
  });
  const response = await orNothing(asked, PAGE_PATIENCE_MS);
  if (response !== null && !isAway(response)) return response;
  return (await cache.match(request.url, ANY_VARIANT)) ?? response ?? Response.error();
}

async function file(request: Request): Promise<Response> {
  const own = await (await caches.open(OWN)).match(request, ANY_VARIANT);
  return own ?? (await caches.match(request, ANY_VARIANT)) ?? fetch(request);
}

/** Send a request that invalidates copies, and delete them before and after it. */
async function ended(event: Asked, ofPerson: boolean): Promise<Response> {
  const end = () => (ofPerson ? copies.keep(null) : copies.forget());
  const isRehearsal = await rehearses(event.request);
  if (!isRehearsal) await end();
  const response = await fetch(event.request);
  if (!isRehearsal) {
    await end();
    if (!ofPerson) event.waitUntil(copies.fill());
  }
  return response;
}

async function rehearses(request: Request): Promise<boolean> {
  if (request.method !== "POST") return false;
  try {
    const asked = (await request.clone().json()) as { dry_run?: boolean } | null;
    return asked?.dry_run === true;
  } catch {
    return false;
  }
}
