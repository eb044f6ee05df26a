/** The page's side of the service worker: registration, messages and updates. */

import type { ToWorker } from "./offline";

const workers = (): ServiceWorkerContainer | undefined => globalThis.navigator?.serviceWorker;

/** Send a message to the service worker, if there is one; without one there are no copies. */
export async function tellWorker(message: ToWorker): Promise<void> {
  const { active } = (await workers()?.ready) ?? {};
  active?.postMessage(message);
}

/**
 * Register the service worker of a built page.
 *
 * `onNewer` is called when an update is waiting, with a function that loads it. A browser that
 * refuses (no https, a private window) works without it.
 */
export async function register(onNewer: (load: () => void) => void): Promise<void> {
  const container = workers();
  if (!import.meta.env.PROD || !container) return;
  let isLoading = false;
  container.addEventListener("controllerchange", () => isLoading && location.reload());
  const consider = async (worker: ServiceWorker) => {
    if (!container.controller || (await settles(worker))) return;
    onNewer(() => {
      isLoading = true;
      worker.postMessage({ kind: "takeOver" } satisfies ToWorker);
    });
  };
  try {
    const registration = await container.register("/sw.js", { updateViaCache: "none" });
    if (registration.waiting) void consider(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const worker = registration.installing;
      worker?.addEventListener("statechange", () => {
        if (worker.state === "installed") void consider(worker);
      });
    });
  } catch {
    // the app works without it
  }
}

/** Check for a newer version of the app: Tau may have been updated while it was away. */
export async function lookForNewer(): Promise<void> {
  const registration = await workers()?.getRegistration();
  await registration?.update().catch(() => undefined);
}

/** Activate a waiting worker at once if this page is its version; returns whether it is. */
function settles(worker: ServiceWorker): Promise<boolean> {
  const entry = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
  if (!entry) return Promise.resolve(false);
  const { port1, port2 } = new MessageChannel();
  const script = new URL(entry.src).pathname;
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data === true);
    worker.postMessage({ kind: "settle", script } satisfies ToWorker, [port2]);
  });
}
