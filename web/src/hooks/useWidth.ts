import { type RefObject, useLayoutEffect, useRef, useState } from "react";

/** Return a ref for an element, and its width in pixels, as it changes. */
export function useWidth<T extends HTMLElement>(
  otherwise: number,
): [ref: RefObject<T | null>, width: number] {
  const ref = useRef<T>(null);
  const [width, setWidth] = useState(otherwise);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setWidth(Math.round(element.clientWidth) || otherwise);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [otherwise]);
  return [ref, width];
}
