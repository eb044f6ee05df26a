import { type RefObject, useLayoutEffect, useRef } from "react";

/**
 * Keep what one reads where it is when lines are put before it.
 *
 * `first` names the first line: when another one takes its place, what grew above is scrolled past.
 * (Browsers' own anchoring does not do this at the very top, and one of them not at all.)
 */
export function useKeptPlace(viewport: RefObject<HTMLElement | null>, first: string | null): void {
  const before = useRef({ first, height: 0, top: 0 });
  useLayoutEffect(() => {
    const scrolled = viewport.current;
    if (!scrolled) return;
    const { first: old, height, top } = before.current;
    const isPrepended = old !== null && first !== null && old !== first && height > 0;
    if (isPrepended && scrolled.querySelector(`[data-line="${CSS.escape(old)}"]`)) {
      scrolled.scrollTop = top + scrolled.scrollHeight - height;
    }
    before.current.first = first;
  }, [viewport, first]);
  useLayoutEffect(() => {
    const scrolled = viewport.current;
    if (!scrolled) return;
    const remember = () => {
      before.current.height = scrolled.scrollHeight;
      before.current.top = scrolled.scrollTop;
    };
    remember();
    scrolled.addEventListener("scroll", remember, { passive: true });
    return () => scrolled.removeEventListener("scroll", remember);
  }, [viewport]);
}
