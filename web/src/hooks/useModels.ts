import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { erase, get, part, post, put } from "../core/http";
import type {
  Check,
  Download,
  EndpointTried,
  FoundModels,
  ModelList,
  NewModel,
} from "../core/types";

const MODELS = ["models"] as const;
const POLL_MS = 1000;
const pathOf = (name: string) => `/api/models/${name.split("/").map(part).join("/")}`;
const pullKey = (name: string) => ["pull", name] as const;

/** Return all models and aliases. */
export function useModels() {
  return useQuery({
    queryKey: MODELS,
    queryFn: ({ signal }) => get<ModelList>("/api/models", signal),
  });
}

/** Return the models discovered on this machine. */
export function useFound(enabled = true) {
  return useQuery({
    queryKey: ["models-found"],
    queryFn: ({ signal }) => get<FoundModels>("/api/models/found", signal),
    enabled,
    staleTime: 0,
  });
}

/** Return the progress of a model's download, if there is one. */
export function usePull(name: string, enabled = true) {
  const queries = useQueryClient();
  const pull = useQuery({
    queryKey: pullKey(name),
    queryFn: ({ signal }) => get<Download>(`${pathOf(name)}/pull`, signal),
    enabled,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.state === "running" ? POLL_MS : false),
  });
  const isDone = pull.data?.state === "done";
  useEffect(() => {
    if (isDone) void queries.invalidateQueries({ queryKey: MODELS });
  }, [queries, isDone]);
  return pull.data?.state === "none" ? null : (pull.data ?? null);
}

/** Test an endpoint: list its models and, with `model`, send that one a request. */
export function tryEndpoint(url: string, key: string, model?: string): Promise<EndpointTried> {
  return post<EndpointTried>("/api/models/try", { url, key: key || null, model: model || null });
}

/** Return the actions on models. */
export function useModelActs() {
  const queries = useQueryClient();
  const keep = (list: ModelList) => {
    queries.setQueryData(MODELS, list);
    return list;
  };
  return {
    use: async (alias: string, names: readonly string[]) =>
      keep(await put<ModelList>(`/api/models/aliases/${part(alias)}`, { names })),
    add: async (model: NewModel) => keep(await post<ModelList>("/api/models", model)),
    check: (name: string) => post<Check>(`${pathOf(name)}/check`),
    pull: async (name: string) => {
      const begun = await post<Download>(`${pathOf(name)}/pull`);
      queries.setQueryData(pullKey(name), begun);
      await queries.invalidateQueries({ queryKey: pullKey(name) });
    },
    remove: async (name: string) => {
      await erase(pathOf(name));
      queries.removeQueries({ queryKey: pullKey(name) });
      await queries.invalidateQueries({ queryKey: MODELS });
    },
  };
}
