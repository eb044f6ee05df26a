import { createContext, useContext, useEffect, useState } from "react";
import type { Language } from "../core/preferences";
import { loadStudioStrings, type StudioStrings } from "../core/strings/studio";
import { useSpeech } from "./useStrings";

export const StudioStringsContext = createContext<StudioStrings | null>(null);

/** Return the studio's strings in the app's language, `null` until they're loaded. */
export function useLoadedStudioStrings(): StudioStrings | null {
  const { language } = useSpeech().dates;
  const [strings, setStrings] = useState<StudioStrings | null>(null);
  const [failure, setFailure] = useState<Error | null>(null);
  useEffect(() => {
    let current = true;
    loadStudioStrings(language as Language).then(
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

/** Return the studio's strings. */
export function useStudioStrings(): StudioStrings {
  const strings = useContext(StudioStringsContext);
  if (!strings) throw new Error("There are no strings of the studio above this component.");
  return strings;
}
