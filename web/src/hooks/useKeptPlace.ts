import { type RefObject, useLayoutEffect, useRef } from "react";

const anchors = () => CSS.supports("overflow-anchor", "auto");

/**
 * Keep the scroll position when messages are inserted above.
 *
 * `first` is the key of the first message. Browsers do scroll anchoring, but not at the very
 * top, and one of them not at all; there the hook scrolls past what was inserted.
 */
export function useKeptPlace(viewport: RefObject<HTMLElement | null>, first: string | null): void {
  const before = useRef<{ first: string | null; offset: number }>({ first: null, offset: 0 });
  useLayoutEffect(() => {
    const scrolled = viewport.current;
    if (!scrolled) return;
    const lineOf = (id: string | null) =>
      id === null ? null : scrolled.querySelector<HTMLElement>(`[data-line="${CSS.escape(id)}"]`);
    const old = lineOf(before.current.first);
    if (old && before.current.first !== first && (scrolled.scrollTop < 1 || !anchors())) {
      scrolled.scrollTop += old.offsetTop - before.current.offset;
    }
    before.current = { first, offset: lineOf(first)?.offsetTop ?? 0 };
  }, [viewport, first]);
}
