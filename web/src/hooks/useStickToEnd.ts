import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

const NEAR_PX = 60;

/**
 * Keep the end of a growing, scrolled element in view while the person is at its end.
 *
 * `content` is the growing element. Returns whether the end is in view, and a function to go there.
 */
export function useStickToEnd(
  viewport: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
) {
  const [isAtEnd, setAtEnd] = useState(true);
  const sticks = useRef(true);
  const toEnd = useCallback(() => {
    const scrolled = viewport.current;
    sticks.current = true;
    if (scrolled) scrolled.scrollTop = scrolled.scrollHeight;
  }, [viewport]);
  useEffect(() => {
    const scrolled = viewport.current;
    const grown = content.current;
    if (!scrolled || !grown) return;
    let height = scrolled.scrollHeight;
    const look = () => {
      const near = scrolled.scrollHeight - scrolled.scrollTop - scrolled.clientHeight < NEAR_PX;
      // Growth below isn't scrolling up.
      if (near || scrolled.scrollHeight === height) sticks.current = near;
      height = scrolled.scrollHeight;
      setAtEnd(near);
    };
    const watching = new ResizeObserver(() => {
      if (sticks.current) scrolled.scrollTop = scrolled.scrollHeight;
      look();
    });
    // Something the person expands is read from its beginning.
    const opened = (event: Event) => {
      if (event.target instanceof Element && event.target.closest("summary"))
        sticks.current = false;
    };
    watching.observe(grown);
    watching.observe(scrolled);
    scrolled.addEventListener("scroll", look, { passive: true });
    grown.addEventListener("click", opened, true);
    return () => {
      grown.removeEventListener("click", opened, true);
      watching.disconnect();
      scrolled.removeEventListener("scroll", look);
    };
  }, [viewport, content]);
  const letGo = useCallback(() => {
    sticks.current = false;
  }, []);
  return { isAtEnd, toEnd, letGo };
}
