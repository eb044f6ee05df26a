import { useMemo } from "react";
import { Figures } from "../core/studio/figures";
import { useSpeech } from "./useStrings";
import { useStudioStrings } from "./useStudioStrings";

/** Return how figures are written in the app's language. */
export function useFigures(): Figures {
  const { dates } = useSpeech();
  const words = useStudioStrings();
  return useMemo(
    () => new Figures(words, (value, options) => dates.number(value, options)),
    [words, dates],
  );
}
