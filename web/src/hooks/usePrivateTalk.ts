import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { draftName, keepDraft, moveDraft } from "../core/drafts";
import { isGone } from "../core/errors";
import { endPrivate, type PrivateTalk, privateTalk } from "../core/private";
import { stopSpeaking } from "../core/speech";
import type { Turns } from "../core/turns";
import { useStore } from "./useStore";
import { useTurns } from "./useTurns";

const DRAFT = draftName(null, true);

/** Return the private conversation of this page, and end it when the page is left. */
export function usePrivateTalk(isPrivate: boolean): PrivateTalk {
  const queries = useQueryClient();
  const turns = useTurns();
  useEffect(() => {
    if (!isPrivate) return;
    const leave = (isClosing: boolean) => {
      const { id } = privateTalk.get();
      // A page that is closed may come back with the back button: then it says what happened.
      privateTalk.set({ id: null, ended: isClosing && id !== null });
      keepDraft(DRAFT, "", true);
      if (id === null) return;
      endPrivate(id);
      drop(queries, turns, id);
    };
    const close = () => leave(true);
    addEventListener("pagehide", close);
    return () => {
      removeEventListener("pagehide", close);
      leave(false);
    };
  }, [isPrivate, queries, turns]);
  return useStore(privateTalk);
}

/**
 * Drop a private conversation once the server no longer has it: `error` is that of reading it.
 *
 * It's read again when `failure` suggests that. What was being written stays.
 */
export function usePrivateEnd(id: string | null, error: unknown, failure: unknown): void {
  const queries = useQueryClient();
  const turns = useTurns();
  const hasEnded = isGone(error);
  const mayHaveEnded = isGone(failure);
  useEffect(() => {
    if (id === null || privateTalk.get().id !== id) return;
    if (hasEnded) {
      moveDraft(id, DRAFT, true);
      privateTalk.set({ id: null, ended: true });
      drop(queries, turns, id);
    } else if (mayHaveEnded) {
      void queries.invalidateQueries({ queryKey: ["conversation", id] });
    }
  }, [id, hasEnded, mayHaveEnded, queries, turns]);
}

/** Drop everything that this page holds of a private conversation. */
function drop(queries: QueryClient, turns: Turns, id: string): void {
  stopSpeaking();
  turns.drop(id);
  keepDraft(id, "", true);
  for (const queryKey of [["thread", id], ["conversation", id], ["forgetting"]]) {
    queries.removeQueries({ queryKey });
  }
}
