import { useEffect, useRef } from "react";
import { Store } from "../core/store";

/** What leads back from something that is opened within a page of the care space. */
export const innerBack = new Store<(() => void) | null>(null);

/** While this is shown, the way back in the header leads out of it, and no further. */
export function useInnerBack(back: () => void): void {
  const latest = useRef(back);
  useEffect(() => {
    latest.current = back;
  });
  useEffect(() => {
    innerBack.set(() => latest.current());
    return () => innerBack.set(null);
  }, []);
}
