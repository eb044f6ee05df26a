import { type Context, useContext, useEffect, useState } from "react";
import type { Language } from "../core/preferences";
import { useSpeech } from "./useStrings";

/** Return the strings that `load` brings in the app's language, `null` until they're loaded. */
export function useLoadedStrings<T>(load: (language: Language) => Promise<T>): T | null {
  const { language } = useSpeech().dates;
  const [strings, setStrings] = useState<T | null>(null);
  const [failure, setFailure] = useState<Error | null>(null);
  useEffect(() => {
    let current = true;
    load(language as Language).then(
      (loaded) => current && setStrings(() => loaded),
      (error: Error) => current && setFailure(error),
    );
    return () => {
      current = false;
    };
  }, [load, language]);
  if (failure) throw failure;
  return strings;
}

/** Return the strings in a context that a page of their section has filled. */
export function useSectionStrings<T>(context: Context<T | null>): T {
  const strings = useContext(context);
  if (!strings) throw new Error("The strings of this section aren't loaded above this component.");
  return strings;
}
