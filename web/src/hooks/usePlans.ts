import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { erase, get, part, patch, post } from "../core/http";
import { isConflict, PLANS, planPath } from "../core/plan";
import type { PlanBrief } from "../core/plan-brief";
import type { WallMove } from "../core/plan-walls";
import type { ArtifactPage, SketchPlan } from "../core/types";

const LIST = ["plans"];
const VARIANTS = 3;

const keyOf = (id: string) => ["plans", id];
const artifactOf = (id: string) => `/api/artifacts/${part(id)}`;

export function usePlans() {
  return useQuery({
    queryKey: LIST,
    queryFn: ({ signal }) => get<ArtifactPage>("/api/artifacts?expert=sketch&limit=200", signal),
    select: (found) => found.artifacts.filter((one) => one.type === "plan"),
  });
}

export function usePlan(id: string) {
  return useQuery({
    queryKey: keyOf(id),
    queryFn: ({ signal }) => get<SketchPlan>(planPath(id), signal),
  });
}

export type PlanRequest = { words: string } | { brief: PlanBrief };

/** Draw a plan, with variants to choose from. */
export function useDraw(done: (made: SketchPlan) => void) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (asked: PlanRequest) => post<SketchPlan>(PLANS, { ...asked, variants: VARIANTS }),
    onSuccess: (made) => {
      cache.setQueryData(keyOf(made.id), made);
      void cache.invalidateQueries({ queryKey: LIST, exact: true });
      done(made);
    },
  });
}

export type PlanChange =
  | { to: "words"; words: string }
  | { to: "wall"; wall: WallMove }
  | { to: "choose"; version: string }
  | { to: "undo" };

/**
 * Change the version of a plan that is shown; the answer is shown at once.
 *
 * If the plan was changed elsewhere meanwhile, it's loaded again.
 */
export function usePlanChange({ id, newest: after }: SketchPlan) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (change: PlanChange) => {
      if (change.to === "undo") {
        await post(`${artifactOf(id)}/undo`, { after });
        return get<SketchPlan>(planPath(id));
      }
      if (change.to === "choose") {
        return post<SketchPlan>(`${planPath(id)}/choose`, { after, version: change.version });
      }
      const asked =
        change.to === "words"
          ? { words: change.words }
          : { edit: { type: "wall", ...change.wall } };
      return post<SketchPlan>(`${planPath(id)}/edits`, { after, ...asked });
    },
    onSuccess: (changed) => cache.setQueryData(keyOf(changed.id), changed),
    onError: (error) => {
      if (isConflict(error)) return cache.invalidateQueries({ queryKey: keyOf(id) });
    },
  });
}

/** Rename a plan, and delete it for good. */
export function usePlanActs(id: string) {
  const cache = useQueryClient();
  const again = () =>
    Promise.all([
      cache.invalidateQueries({ queryKey: LIST }),
      cache.invalidateQueries({ queryKey: ["artifact", id] }),
    ]);
  return {
    rename: async (title: string) => {
      await patch(artifactOf(id), { title });
      await again();
    },
    erase: async () => {
      await erase(artifactOf(id));
      cache.removeQueries({ queryKey: keyOf(id) });
      await again();
    },
  };
}
