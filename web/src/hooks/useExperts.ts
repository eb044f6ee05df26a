import { useQuery, useQueryClient } from "@tanstack/react-query";
import { erase, get, part, put } from "../core/http";
import type { Expert, ExpertList, ScopeChange } from "../core/types";

const KEY = ["experts"];

/** Return plain talk and the specialists. */
export function useExperts() {
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await get<ExpertList>("/api/experts", signal)).experts,
  });
}

/** Return the actions on specialists; each shows its result at once. */
export function useExpertActs() {
  const queries = useQueryClient();
  const show = (changed: Expert) =>
    queries.setQueryData<Expert[]>(KEY, (known) =>
      known?.map((one) => (one.name === changed.name ? changed : one)),
    );
  const path = (name: string, what = "") => `/api/experts/${part(name)}${what}`;
  return {
    /** Change a scope; it shows at once, and as before if it's refused. */
    change: async (expert: Expert, change: ScopeChange) => {
      void queries.cancelQueries({ queryKey: KEY }); // an answer on its way is older than this
      show({ ...expert, scope: { ...expert.scope, ...change } as Expert["scope"] });
      try {
        show(await put<Expert>(path(expert.name, "/scope"), change));
      } catch (error) {
        show(expert);
        throw error;
      }
    },
    judge: async (name: string, digest: string, approved: boolean) =>
      show(await put<Expert>(path(name, "/approval"), { digest, approved })),
    remove: async (name: string) => {
      await erase(path(name));
      await queries.invalidateQueries({ queryKey: KEY });
    },
  };
}
