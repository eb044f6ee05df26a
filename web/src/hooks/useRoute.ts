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

/** Return where the person is. */
export function useRoute(): Route {
  const current = useSyncExternalStore(subscribe, address);
  return useMemo(() => {
    const [pathname = "", search = ""] = current.split("?");
    return routeOf(pathname, search);
  }, [current]);
}

/** Go somewhere; with `replace` the place before is not gone back to. */
export function go(route: Route, { replace = false } = {}): void {
  const path = pathOf(route);
  if (path === address()) return;
  const before = routeOf(location.pathname, location.search);
  if (replace) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  dispatchEvent(new Event(MOVED));
  if (!replace && isAnotherPage(before, route)) requestAnimationFrame(focusPage);
}

/** Who goes to another page by keyboard or ear begins there, unless the page itself put them somewhere. */
function focusPage(): void {
  const main = document.getElementById("main");
  if (!main || main.contains(document.activeElement) || document.querySelector("dialog[open]"))
    return;
  main.focus({ preventScroll: true });
}
