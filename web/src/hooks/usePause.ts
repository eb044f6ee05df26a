import { useCallback, useEffect, useState } from "react";
import { isPauseDue, newStay, type Stay, stayAt } from "../core/space/stay";

const LOOK_EVERY_MS = 30_000;

let stay: Stay | null = null;

/** Return whether a pause is suggested, and a function that says that it was seen. */
export function usePause(clock: () => number = Date.now): [suggested: boolean, seen: () => void] {
  const [isSuggested, setSuggested] = useState(false);
  useEffect(() => {
    const look = () => {
      const now = clock();
      stay = stayAt(stay ?? newStay(now), now);
      if (!isPauseDue(stay, now)) return;
      stay = { ...stay, suggested: true };
      setSuggested(true);
    };
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [clock]);
  return [isSuggested, useCallback(() => setSuggested(false), [])];
}
