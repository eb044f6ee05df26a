import { useCallback, useEffect, useState } from "react";
import { draftName, draftOf, keepDraft } from "../core/drafts";

/** Return the draft of a conversation and its setter. */
export function useDraft(
  conversation: string | null,
  isPrivate: boolean,
  failure: unknown,
): [words: string, setWords: (words: string) => void] {
  const name = draftName(conversation, isPrivate);
  const [words, setWords] = useState(() => draftOf(name));
  // biome-ignore lint/correctness/useExhaustiveDependencies: refused words are a draft again
  useEffect(() => setWords(draftOf(name)), [name, failure]);
  const change = useCallback(
    (written: string) => {
      setWords(written);
      keepDraft(name, written, isPrivate);
    },
    [name, isPrivate],
  );
  return [words, change];
}
