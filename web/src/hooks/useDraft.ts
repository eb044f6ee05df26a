import { useAui, useAuiState } from "@assistant-ui/react";
import { useEffect, useRef } from "react";
import { draftName, draftOf, keepDraft } from "../core/drafts";

/** Put words that were begun earlier back into the composer, and keep those that are begun now. */
export function useDraft(conversation: string | null, isPrivate: boolean, failure: unknown): void {
  const aui = useAui();
  const words = useAuiState((state) => state.composer.text);
  const name = draftName(conversation, isPrivate);
  const put = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: refused words are a draft again
  useEffect(() => {
    const draft = draftOf(name);
    if (draft && !aui.composer().getState().text) aui.composer().setText(draft);
    put.current = true;
  }, [aui, name, failure]);
  useEffect(() => {
    if (put.current) keepDraft(name, words, isPrivate);
  }, [name, words, isPrivate]);
}
