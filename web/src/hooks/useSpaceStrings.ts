import { createContext, useContext, useEffect, useState } from "react";
import type { Language } from "../core/preferences";
import { loadSpaceStrings, type SpaceStrings } from "../core/strings/space";
import { useSpeech } from "./useStrings";

export const SpaceStringsContext = createContext<SpaceStrings | null>(null);

/** Return the care space's strings in the app's language, `null` until they're loaded. */
export function useLoadedSpaceStrings(): SpaceStrings | null {
  const { language } = useSpeech().dates;
  const [strings, setStrings] = useState<SpaceStrings | null>(null);
  const [failure, setFailure] = useState<Error | null>(null);
  useEffect(() => {
    let current = true;
    loadSpaceStrings(language as Language).then(
      (loaded) => current && setStrings(loaded),
      (error: Error) => current && setFailure(error),
    );
    return () => {
      current = false;
    };
  }, [language]);
  if (failure) throw failure;
  return strings;
}

/** Return the care space's strings. */
export function useSpaceStrings(): SpaceStrings {
  const strings = useContext(SpaceStringsContext);
  if (!strings) throw new Error("There are no strings of the care space above this component.");
  return strings;
}
