import { useMemo, useSyncExternalStore } from "react";
import { isAnotherPage, pathOf, type Route, routeOf } from "../core/routes";

const MOVED = "tau:moved";

function subscribe(listener: () => void): () => void {
  addEventListener("popstate", listener);
  addEventListener(MOVED, listener);
  return () => {
    removeEventListener("popstate", listener);
    removeEventListener(MOVED, listener);
  };
}

const address = () => location.pathname + location.search;

/** Return the current route. */
export function useRoute(): Route {
  const current = useSyncExternalStore(subscribe, address);
  return useMemo(() => {
    const [pathname = "", search = ""] = current.split("?");
    return routeOf(pathname, search);
  }, [current]);
}

/** Navigate; with `replace` the current history entry is replaced. */
export function go(route: Route, { replace = false } = {}): void {
  const path = pathOf(route);
  if (path === address()) return;
  const before = routeOf(location.pathname, location.search);
  if (replace) history.replaceState(history.state, "", path);
  else history.pushState({ before: address() }, "", path);
  dispatchEvent(new Event(MOVED));
  if (!replace && isAnotherPage(before, route)) requestAnimationFrame(focusPage);
}

/** Close what a route shows: back to `route` if that was before, otherwise in place of this one. */
export function goBackTo(route: Route): void {
  const before = (history.state as { before?: string } | null)?.before;
  if (before === pathOf(route)) history.back();
  else go(route, { replace: true });
}

/** Move the focus to a new page, unless the page has set it itself. */
function focusPage(): void {
  const main = document.getElementById("main");
  if (!main || main.contains(document.activeElement) || document.querySelector("dialog[open]"))
    return;
  main.focus({ preventScroll: true });
}
