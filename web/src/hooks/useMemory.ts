import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { get, part, post, put, query } from "../core/http";
import { type Filter, once, type Topic } from "../core/memory";
import type { Fact, FactDetail, FactPage, Learning, Profile, Timeline } from "../core/types";

const PAGE = 100;
const KEYS = ["facts", "fact", "profile", "timeline", "learning"] as const;

/** Return the profile. */
export function useProfile() {
  return useQuery({
    queryKey: ["profile"],
    queryFn: ({ signal }) => get<Profile>("/api/memory/profile", signal),
  });
}

/** Return whether learning is paused, and how much is known and waits. */
export function useLearning() {
  return useQuery({
    queryKey: ["learning"],
    queryFn: ({ signal }) => get<Learning>("/api/memory/learning", signal),
  });
}

/** Return a fact with its history, its claims and its source messages. */
export function useFact(id: string, enabled = true) {
  return useQuery({ ...factQuery(id), enabled });
}

/** The query of a fact. */
export function factQuery(id: string) {
  return {
    queryKey: ["fact", id],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      get<FactDetail>(`/api/memory/facts/${part(id)}`, signal),
  };
}

/** Return the facts that match a filter, page by page. */
export function useFacts({ words, state, topic }: Filter) {
  const q = words.trim() || undefined;
  return useInfiniteQuery({
    queryKey: ["facts", "list", state, topic, q ?? ""],
    queryFn: ({ pageParam: after, signal }) =>
      get<FactPage>(`/api/memory/facts${query({ state, topic, q, limit: PAGE, after })}`, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    select: ({ pages }) =>
      once(
        pages.flatMap((page) => page.facts),
        (fact) => fact.id,
      ),
    placeholderData: keepPreviousData,
  });
}

/** Return the timeline, newest first, page by page. */
export function useTimeline(topic: Topic | null) {
  return useInfiniteQuery({
    queryKey: ["timeline", topic],
    queryFn: ({ pageParam: after, signal }) =>
      get<Timeline>(`/api/memory/timeline${query({ topic, limit: PAGE, after })}`, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    select: ({ pages }) =>
      once(
        pages.flatMap((page) => page.moments),
        (one) => `${one.fact.id} ${one.what}`,
      ),
    placeholderData: keepPreviousData,
  });
}

/** Return a function that refetches everything about facts. */
export function useAgain() {
  const queries = useQueryClient();
  return () =>
    Promise.all(KEYS.map((key) => queries.invalidateQueries({ queryKey: [key] }))).then(() => {});
}

/** Return the actions on facts. Each refetches afterwards, even if it fails. */
export function useFactActs() {
  const again = useAgain();
  const of = (id: string) => `/api/memory/facts/${part(id)}`;
  const then = async <T>(act: Promise<T>): Promise<T> => {
    try {
      return await act;
    } finally {
      void again();
    }
  };
  return {
    tell: (text: string) => then(post<{ facts: Fact[] }>("/api/memory/facts", { text })),
    confirm: ({ id, revision }: Fact) => then(post<Fact>(`${of(id)}/confirm`, { revision })),
    reject: ({ id, revision }: Fact) => then(post<Fact>(`${of(id)}/reject`, { revision })),
    correct: ({ id, revision }: Fact, text: string) =>
      then(post<Fact>(`${of(id)}/correct`, { text, revision })),
    undo: (id: string) => then(post<{ fact: Fact | null }>(`${of(id)}/undo`)),
    approveAll: (ids: string[]) =>
      then(post<{ facts: Fact[] }>("/api/memory/facts/approve", { ids })),
    rejectAll: (ids: string[]) =>
      then(post<{ facts: Fact[] }>("/api/memory/facts/reject", { ids })),
    undoAll: (ids: string[]) =>
      then(
        (async () => {
          for (const id of ids) await post(`${of(id)}/undo`);
        })(),
      ),
  };
}

/** Return the mutation that pauses or resumes learning. */
export function useLearningChange() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (paused: boolean) => put<Learning>("/api/memory/learning", { paused }),
    onSuccess: (learning) => queries.setQueryData(["learning"], learning),
  });
}
