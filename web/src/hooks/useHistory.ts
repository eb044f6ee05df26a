import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { type Month, monthsOf, nearest, PAGE } from "../core/history";
import { get, query, request } from "../core/http";
import type { ConversationPage, SearchResult } from "../core/types";

const TYPING_MS = 200;

/** Return `value` once it has settled; an empty value is returned at once. */
export function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), value ? TYPING_MS : 0);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** Return the search results for `words`, sent in the body so that no URL contains them. */
export function useSearch(words: string, limit: number) {
  return useQuery({
    queryKey: ["search", words, limit],
    queryFn: async ({ signal }) => {
      const asked = { body: { query: words, limit }, signal };
      const response = await request("POST", "/api/search", asked);
      return (await response.json()) as SearchResult;
    },
    enabled: words !== "",
    placeholderData: keepPreviousData,
  });
}

export interface ConversationList {
  months: readonly Month[];
  isEmpty: boolean;
  isPending: boolean;
  isComplete: boolean;
  isFetchingMore: boolean;
  error: unknown;
  /** The last loaded conversation; when it changes, more may be needed. */
  last: string | null;
  fetchMore: () => void;
  again: () => void;
}

/** Return all conversations, or the archived ones, as far as loaded. */
export function useConversationList(archived: boolean): ConversationList {
  const list = useInfiniteQuery({
    queryKey: ["conversations", "past", archived],
    queryFn: ({ pageParam: after, signal }) => {
      const asked = { limit: PAGE, after, archived: archived || null };
      return get<ConversationPage>(`/api/conversations${query(asked)}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const { hasNextPage, isFetching, fetchNextPage, refetch } = list;
  const conversations = useMemo(
    () => list.data?.pages.flatMap((page) => page.conversations) ?? [],
    [list.data],
  );
  return {
    months: useMemo(() => monthsOf(conversations), [conversations]),
    isEmpty: list.isSuccess && conversations.length === 0,
    isPending: list.isPending,
    isComplete: list.isSuccess && !hasNextPage,
    isFetchingMore: list.isFetchingNextPage,
    error: list.error,
    last: conversations.at(-1)?.id ?? null,
    fetchMore: () => {
      if (hasNextPage && !isFetching && !list.error) void fetchNextPage();
    },
    again: () => void refetch(),
  };
}

/** The element id of a month's heading. */
export const headingOf = (month: string) => `month-${month}`;

/** Return the month that is being loaded, and a function to jump to a month. */
export function useMonthJump(list: ConversationList): [string | null, (month: string) => void] {
  const [wanted, setWanted] = useState<string | null>(null);
  const found = wanted === null ? null : nearest(list.months, wanted, list.isComplete);
  useEffect(() => {
    if (wanted === null) return;
    if (found !== null) {
      const heading = document.getElementById(headingOf(found));
      heading?.scrollIntoView({ block: "start" });
      heading?.focus({ preventScroll: true });
    } else if (!list.isComplete && !list.error) {
      list.fetchMore();
      return;
    }
    setWanted(null);
  }, [wanted, found, list]);
  return [wanted, setWanted];
}

/** Calls `act` when "/" is pressed outside of a text field. */
export function useSlash(act: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { target } = event;
      const writes = target instanceof Element && target.closest("input, textarea, select, dialog");
      if (event.key !== "/" || event.metaKey || event.ctrlKey || event.altKey || writes) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [act]);
}
