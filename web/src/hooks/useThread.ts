import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { isGone, isPassing, sentenceOf } from "../core/errors";
import { get, part, query } from "../core/http";
import { reachable } from "../core/session";
import { showToast } from "../core/toast";
import type { MessagePage } from "../core/types";
import {
  askedAgain,
  FIRST_PAGE,
  NEXT_PAGE,
  type Window,
  windowOf,
  withEarlier,
  withLater,
  withLatest,
} from "../core/window";
import { useStore } from "./useStore";
import { useStrings } from "./useStrings";

/** The query key of a conversation's loaded messages. */
export const keyOf = (conversation: string) => ["thread", conversation] as const;

function pageOf(
  conversation: string,
  asked: Record<string, string | number>,
  signal?: AbortSignal,
) {
  return get<MessagePage>(
    `/api/conversations/${part(conversation)}/messages${query(asked)}`,
    signal,
  );
}

async function latest(
  queries: QueryClient,
  conversation: string,
  signal?: AbortSignal,
): Promise<Window> {
  const state = queries.getQueryState<Window>(keyOf(conversation));
  if (state?.data && state.isInvalidated) return anew(queries, conversation, state.data, signal);
  const page = await pageOf(conversation, { limit: FIRST_PAGE }, signal);
  const loaded = queries.getQueryData<Window>(keyOf(conversation));
  if (loaded?.later) return loaded; // the person is reading further up
  return withLatest(loaded, page);
}

/** Refetch all loaded messages: any of them may have been changed or forgotten. */
async function anew(
  queries: QueryClient,
  conversation: string,
  loaded: Window,
  signal?: AbortSignal,
): Promise<Window> {
  const page = await pageOf(conversation, askedAgain(loaded), signal);
  const current = queries.getQueryData<Window>(keyOf(conversation));
  // The person has jumped elsewhere meanwhile; load the messages there.
  if (current && current !== loaded) return anew(queries, conversation, current, signal);
  return windowOf(page);
}

/** Fetch the new messages of a conversation. */
export async function refreshThread(queries: QueryClient, conversation: string): Promise<void> {
  const query = queries.getQueryCache().find({ queryKey: keyOf(conversation) });
  if (!query) return;
  // A first fetch in progress may be too early, and isn't cancelled by another one.
  if (query.state.data === undefined) await query.promise?.catch(() => undefined);
  await queries.refetchQueries({ queryKey: keyOf(conversation) }, { cancelRefetch: true });
}

export interface Thread {
  window: Window | undefined;
  error: unknown;
  isLoading: boolean;
  isFetchingEarlier: boolean;
  isFetchingLater: boolean;
  fetchEarlier: () => void;
  fetchLater: () => void;
  isAtEnd: () => boolean;
  /** Go back to the newest messages. */
  toLatest: () => Promise<void>;
  /** Load the messages around one. */
  toMessage: (message: string) => Promise<void>;
}

/** Return a window of a conversation's messages; with `message`, around that one. */
export function useThread(conversation: string | null, message: string | null): Thread {
  const queries = useQueryClient();
  const asked = useQuery({
    queryKey: keyOf(conversation ?? ""),
    queryFn: ({ signal }) => latest(queries, conversation as string, signal),
    enabled: conversation !== null,
    staleTime: 0,
  });
  const window = conversation === null ? undefined : asked.data;
  const more = useMore(conversation, window);
  useJump(conversation, message, window);
  const toLatest = useCallback(async () => {
    if (!conversation) return;
    const page = await pageOf(conversation, { limit: FIRST_PAGE });
    queries.setQueryData(keyOf(conversation), windowOf(page));
  }, [queries, conversation]);
  const toMessage = useCallback(
    async (around: string) => {
      if (!conversation) return;
      const page = await pageOf(conversation, { around, limit: FIRST_PAGE });
      queries.setQueryData(keyOf(conversation), windowOf(page));
    },
    [queries, conversation],
  );
  const isAtEnd = useCallback(
    () => conversation === null || !queries.getQueryData<Window>(keyOf(conversation))?.later,
    [queries, conversation],
  );
  const isLoading = conversation !== null && asked.isPending;
  return { window, error: asked.error, isLoading, isAtEnd, toLatest, toMessage, ...more };
}

function useMore(conversation: string | null, window: Window | undefined) {
  const queries = useQueryClient();
  const say = useStrings();
  const [fetching, setFetching] = useState<"earlier" | "later" | null>(null);
  const busy = useRef(false);
  const isShown = useRef(false);
  const fetchMore = useCallback(
    async (which: "earlier" | "later") => {
      const from = window?.[which];
      if (!conversation || !from || busy.current) return;
      busy.current = true;
      setFetching(which);
      try {
        const page = await pageOf(conversation, {
          limit: NEXT_PAGE,
          [which === "earlier" ? "before" : "after"]: from,
        });
        const extended = which === "earlier" ? withEarlier : withLater;
        queries.setQueryData<Window>(
          keyOf(conversation),
          (loaded) => loaded && extended(loaded, page),
        );
        isShown.current = false;
      } catch (error) {
        if (isGone(error)) {
          void queries.resetQueries({ queryKey: keyOf(conversation) }); // the message it refers to is gone
        } else if (!isShown.current) {
          isShown.current = true; // scrolling on retries without another toast
          showToast(sentenceOf(error, say));
        }
      } finally {
        busy.current = false;
        setFetching(null);
      }
    },
    [queries, conversation, window, say],
  );
  return {
    isFetchingEarlier: fetching === "earlier",
    isFetchingLater: fetching === "later",
    fetchEarlier: useCallback(() => void fetchMore("earlier"), [fetchMore]),
    fetchLater: useCallback(() => void fetchMore("later"), [fetchMore]),
  };
}

/** Load the messages around `message` if they are not loaded; shows a toast if that fails. */
function useJump(
  conversation: string | null,
  message: string | null,
  window: Window | undefined,
): void {
  const queries = useQueryClient();
  const say = useStrings();
  const isThere = useStore(reachable);
  const jumped = useRef<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: that Tau is back is a reason to try again
  useEffect(() => {
    if (!conversation || !message || !window || jumped.current === message) return;
    jumped.current = message;
    if (window.messages.some((one) => one.id === message)) return;
    pageOf(conversation, { around: message, limit: FIRST_PAGE })
      .then((page) => queries.setQueryData(keyOf(conversation), windowOf(page)))
      .catch((error) => {
        if (isPassing(error) && jumped.current === message) jumped.current = null;
        showToast(isGone(error) ? say.talk.placeGone : sentenceOf(error, say));
      });
  }, [queries, conversation, message, window, isThere, say]);
}
