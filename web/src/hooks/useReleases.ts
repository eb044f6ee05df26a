import { useQuery, useQueryClient } from "@tanstack/react-query";
import { get, part, patch, post, query } from "../core/http";
import type { Gate, MadeModel, MadeModelList, ModelCard, ReleaseList } from "../core/types";
import { projectPath } from "./useProjects";

/** Return the models that were made from a project. */
export function useMadeModels(project: string) {
  return useQuery({
    queryKey: ["studio", project, "models"],
    queryFn: ({ signal }) => get<MadeModelList>(projectPath(project, "/models"), signal),
  });
}

/** Return the releases of a project, and what their aliases mean now. */
export function useReleases(project: string) {
  return useQuery({
    queryKey: ["studio", project, "releases"],
    queryFn: ({ signal }) => get<ReleaseList>(projectPath(project, "/releases"), signal),
  });
}

/** Return whether a model may be released, condition by condition. */
export function useGate(project: string, model: string) {
  return useQuery({
    queryKey: ["studio", project, "gate", model],
    queryFn: ({ signal }) => get<Gate>(projectPath(project, `/gate${query({ model })}`), signal),
  });
}

/** Return the card of a model. */
export function useCard(project: string, model: string) {
  return useQuery({
    queryKey: ["studio", project, "card", model],
    queryFn: ({ signal }) =>
      get<ModelCard>(projectPath(project, `/card${query({ model })}`), signal),
    staleTime: 0,
  });
}

/** Return the actions on the models of a project. */
export function useReleaseActs(project: string) {
  const queries = useQueryClient();
  const then = async <T>(act: Promise<T>): Promise<T> => {
    try {
      return await act;
    } finally {
      await queries.invalidateQueries({
        queryKey: ["studio", project],
        predicate: ({ queryKey }) =>
          ["models", "releases", "gate", "card"].includes(String(queryKey[2])),
      });
    }
  };
  const of = (rest: string) => projectPath(project, rest);
  return {
    keep: (method: string) => then(post<MadeModel>(of("/models"), { method })),
    tryGate: (model: string) => then(post<Gate>(of("/gate"), { model })),
    read: (model: string, examples: string[]) =>
      then(post<void>(of("/readings"), { model, examples })),
    release: (model: string, alias: string, share: number) =>
      then(post<ReleaseList>(of("/releases"), { model, alias, share })),
    share: (model: string, alias: string, share: number) =>
      then(patch<ReleaseList>(of(`/releases/${part(alias)}`), { model, share })),
    rollBack: (model: string, alias: string, reason: string) =>
      then(post<ReleaseList>("/api/studio/rollbacks", { alias, model, reason })),
  };
}
