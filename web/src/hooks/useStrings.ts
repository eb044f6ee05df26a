import { createContext, useContext } from "react";
import type { Dates } from "../core/dates";
import type { Strings } from "../core/strings";

/** The strings and date formats of the app's language. */
export interface Speech {
  say: Strings;
  dates: Dates;
}

export const SpeechContext = createContext<Speech | null>(null);

/** Return the strings and date formats of the app's language. */
export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (!speech) throw new Error("There is no language above this component.");
  return speech;
}

/** Return the strings of the page's language. */
export function useStrings(): Strings {
  return useSpeech().say;
}
