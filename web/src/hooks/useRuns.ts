import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { get, part, post } from "../core/http";
import { isOver, type RunAct, updated } from "../core/studio/runs";
import { runUpdates } from "../core/studio/watching";
import type { Run, RunList, RunPlan } from "../core/types";
import { projectPath } from "./useProjects";

const POLL_MS = 3000;
const keyOf = (project: string, run: string) => ["studio", project, "run", run];
const runPath = (run: string, rest = "") => `/api/studio/runs/${part(run)}${rest}`;

/** What a model is trained with; what is left out, Tau chooses. */
export interface TuneOptions {
  base: string;
  suffix: string;
  epochs: number | null;
  batch_size: number | null;
  method: RunPlan["method"];
}

/** Return the runs of a project, newest first; polls while one isn't over. */
export function useRuns(project: string) {
  return useQuery({
    queryKey: ["studio", project, "runs"],
    queryFn: ({ signal }) => get<RunList>(projectPath(project, "/runs"), signal),
    refetchInterval: ({ state }) =>
      state.data?.runs.some((run) => !isOver(run)) ? POLL_MS : false,
  });
}

/** Return a run with its steps, which change as they're done. */
export function useRun(project: string, id: string) {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: keyOf(project, id),
    queryFn: ({ signal }) => get<Run>(runPath(id), signal),
  });
  const goesOn = query.data !== undefined && !isOver(query.data);
  useEffect(() => {
    if (!goesOn) return;
    const stopping = new AbortController();
    const watch = async () => {
      for await (const update of runUpdates(id, stopping.signal)) {
        queries.setQueryData<Run>(keyOf(project, id), (run) => run && updated(run, update));
      }
      if (stopping.signal.aborted) return;
      await queries.invalidateQueries({
        queryKey: ["studio", project],
        predicate: ({ queryKey }) => ["run", "runs", "models"].includes(String(queryKey[2])),
      });
    };
    watch().catch(() => queries.invalidateQueries({ queryKey: keyOf(project, id) }));
    return () => stopping.abort();
  }, [queries, project, id, goesOn]);
  return query;
}

/** Return what a run would be, and what it would take. */
export function useRunPlan(project: string, options: TuneOptions, enabled: boolean) {
  return useQuery({
    queryKey: ["studio", project, "run plan", options],
    queryFn: () => post<RunPlan>(projectPath(project, "/runs/plan"), options),
    enabled,
    staleTime: 0,
    retry: false,
  });
}

/** Return the actions on runs. */
export function useRunActs(project: string) {
  const queries = useQueryClient();
  const then = async (act: Promise<Run>): Promise<Run> => {
    const run = await act;
    queries.setQueryData<Run>(keyOf(project, run.id), (before) =>
      before ? { ...run, steps: before.steps } : undefined,
    );
    await queries.invalidateQueries({ queryKey: ["studio", project, "runs"] });
    return run;
  };
  return {
    start: (options: TuneOptions) => then(post<Run>(projectPath(project, "/runs"), options)),
    ask: (run: string, act: RunAct) => then(post<Run>(runPath(run, `/${act}`))),
  };
}
