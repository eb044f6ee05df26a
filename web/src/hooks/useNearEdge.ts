import { useCallback, useEffect, useRef } from "react";

const AHEAD = "600px 0px";

/**
 * Return a ref: `load` is called when its element comes near the screen, again whenever `from` changes.
 *
 * Scrolling while it's near calls it again, in case the last call loaded nothing.
 */
export function useNearEdge(load: () => void, from: string | null) {
  const observer = useRef<IntersectionObserver | null>(null);
  const element = useRef<HTMLElement | null>(null);
  const ignore = useRef<(() => void) | null>(null);
  const current = useRef(load);
  current.current = load;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new starting point requires a new check
  useEffect(() => {
    const watched = element.current;
    if (!watched || !observer.current) return;
    observer.current.unobserve(watched);
    observer.current.observe(watched);
  }, [from]);
  return useCallback((node: HTMLElement | null) => {
    observer.current?.disconnect();
    observer.current = null;
    ignore.current?.();
    element.current = node;
    if (!node) return;
    let isNear = false;
    const root = node.closest<HTMLElement>("[data-aui-viewport], .overflow-y-auto");
    observer.current = new IntersectionObserver(
      (entries) => {
        isNear = entries.at(-1)?.isIntersecting ?? false;
        if (isNear) current.current();
      },
      { root, rootMargin: AHEAD },
    );
    observer.current.observe(node);
    const scrolled = () => isNear && current.current();
    const scroller = root ?? document;
    scroller.addEventListener("scrollend", scrolled);
    ignore.current = () => scroller.removeEventListener("scrollend", scrolled);
  }, []);
}
