import { createContext, useContext, useEffect, useState } from "react";
import type { Language } from "../core/preferences";
import { loadWritingStrings, type WritingStrings } from "../core/strings/writing";
import { useSpeech } from "./useStrings";

export const WritingStringsContext = createContext<WritingStrings | null>(null);

/** Return the strings of documents in the app's language, `null` until they're loaded. */
export function useLoadedWritingStrings(): WritingStrings | null {
  const { language } = useSpeech().dates;
  const [strings, setStrings] = useState<WritingStrings | null>(null);
  const [failure, setFailure] = useState<Error | null>(null);
  useEffect(() => {
    let current = true;
    loadWritingStrings(language as Language).then(
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

/** Return the strings of documents. */
export function useWritingStrings(): WritingStrings {
  const strings = useContext(WritingStringsContext);
  if (!strings) throw new Error("There are no strings of documents above this component.");
  return strings;
}
