import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { get, part, patch, post, query } from "../core/http";
import { once } from "../core/memory";
import type { CheckReport, Example, ExampleList, ExampleMessage, Project } from "../core/types";
import { projectPath, useProjectAgain } from "./useProjects";

const PAGE = 50;

export interface ExampleFilter {
  only: "all" | "train" | "test" | "left out" | "waiting";
  source: string;
  words: string;
}

export const ALL_EXAMPLES: ExampleFilter = { only: "all", source: "", words: "" };

/** Return the examples that match a filter, page by page. */
export function useExamples(project: string, { only, source, words }: ExampleFilter) {
  const asked = { only, source: source || undefined, q: words.trim() || undefined, limit: PAGE };
  return useInfiniteQuery({
    queryKey: ["studio", project, "examples", asked],
    queryFn: ({ pageParam: after, signal }) =>
      get<ExampleList>(projectPath(project, `/examples${query({ ...asked, after })}`), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    select: ({ pages }) => ({
      total: pages[0]?.total ?? 0,
      examples: once(
        pages.flatMap((page) => page.examples),
        (example) => example.id,
      ),
    }),
    placeholderData: keepPreviousData,
  });
}

/** Return examples by their ids, at most 200. */
export function useExamplesById(project: string, ids: readonly string[]) {
  const asked = new URLSearchParams(ids.map((id) => ["id", id]));
  return useQuery({
    queryKey: ["studio", project, "examples", ids],
    queryFn: async ({ signal }) => {
      const path = projectPath(project, `/examples?limit=200&${asked}`);
      const { examples } = await get<ExampleList>(path, signal);
      return new Map(examples.map((example) => [example.id, example]));
    },
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });
}

/** Return what a check finds. It may take long, so that it's only made again when asked. */
export function useCheck(project: string) {
  return useQuery({
    queryKey: ["studio", project, "check"],
    queryFn: ({ signal }) => get<CheckReport>(projectPath(project, "/check"), signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60 * 60_000,
  });
}

/** Return the actions on the examples of a project. */
export function useExampleActs(project: string) {
  const again = useProjectAgain(project);
  const then = async <T>(act: Promise<T>): Promise<T> => {
    const done = await act;
    await again();
    return done;
  };
  const of = (rest: string) => projectPath(project, rest);
  return {
    decide: (examples: string[], decision: "keep" | "leave out") =>
      then(post<Project>(of("/decisions"), { examples, decision })),
    withdraw: (examples: string[]) => then(post<Project>(of("/withdrawals"), { examples })),
    edit: (id: string, messages: ExampleMessage[]) =>
      then(patch<Example>(of(`/examples/${part(id)}`), { messages })),
  };
}
