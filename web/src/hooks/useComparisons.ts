import { useQuery, useQueryClient } from "@tanstack/react-query";
import { erase, get, part, post } from "../core/http";
import { type AskedMethod, runningOf } from "../core/studio/comparing";
import type { ComparisonJob, ComparisonList, GradedAnswerList } from "../core/types";
import { projectPath } from "./useProjects";

const POLL_MS = 1000;

/** Return the comparisons of a project, newest first; polls while one runs. */
export function useComparisons(project: string) {
  return useQuery({
    queryKey: ["studio", project, "comparisons"],
    queryFn: ({ signal }) => get<ComparisonList>(projectPath(project, "/comparisons"), signal),
    refetchInterval: ({ state }) => (runningOf(state.data?.jobs ?? []) ? POLL_MS : false),
  });
}

/** Return the answers of a method. */
export function useAnswers(project: string, comparison: string, method: string) {
  const path = `/comparisons/${part(comparison)}/answers/${part(method)}`;
  return useQuery({
    queryKey: ["studio", project, "answers", comparison, method],
    queryFn: ({ signal }) => get<GradedAnswerList>(projectPath(project, path), signal),
    enabled: method !== "",
  });
}

/** Return the actions on comparisons. */
export function useComparisonActs(project: string) {
  const queries = useQueryClient();
  const then = async <T>(act: Promise<T>): Promise<T> => {
    try {
      return await act;
    } finally {
      await queries.invalidateQueries({ queryKey: ["studio", project, "comparisons"] });
    }
  };
  return {
    start: (model: string, methods: AskedMethod[]) =>
      then(
        post<ComparisonJob>(projectPath(project, "/comparisons"), {
          model: model || null,
          methods: methods.length > 0 ? methods : null,
        }),
      ),
    stop: (job: string) =>
      then(erase<ComparisonJob>(projectPath(project, `/comparisons/${part(job)}`))),
  };
}
