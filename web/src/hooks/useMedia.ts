import { useCallback, useSyncExternalStore } from "react";

/** From this width on, an artifact stands beside the talk; below, it covers the talk. */
export const DESK = "(min-width: 1024px)";

/** Return whether a media query holds now. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}
