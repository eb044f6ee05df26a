import { useCallback, useEffect, useRef, useState } from "react";
import { type Listening, listen } from "../core/speech";

export interface Dictating {
  isListening: boolean;
  begin: () => void;
  stop: () => void;
  /** Stop, because the message was sent. */
  drop: () => void;
}

/** Return dictation into a field. */
export function useDictation(words: string, onWords: (words: string) => void): Dictating {
  const [listening, setListening] = useState<Listening | null>(null);
  const field = useRef({ words, onWords });
  field.current = { words, onWords };
  useEffect(() => () => listening?.drop(), [listening]);
  const begin = () =>
    setListening(
      listen(document.documentElement.lang, {
        words: () => field.current.words,
        onWords: (next) => {
          field.current.words = next;
          field.current.onWords(next);
        },
        onEnd: () => setListening(null),
      }),
    );
  const drop = useCallback(() => setListening(null), []);
  return { isListening: listening !== null, begin, stop: () => listening?.stop(), drop };
}
