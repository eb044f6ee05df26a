import { useQuery, useQueryClient } from "@tanstack/react-query";
import { erase, get, part, put } from "../core/http";
import type { Price, PriceList, UsageReport } from "../core/types";
import { type Asked, queryOf } from "../core/usage";

const PRICES = ["prices"] as const;
const pathOf = (model: string) => `/api/prices/${model.split("/").map(part).join("/")}`;

/** Return what was used of models. */
export function useUsage(asked: Asked) {
  return useQuery({
    queryKey: ["usage", asked],
    queryFn: ({ signal }) => get<UsageReport>(`/api/usage?${queryOf(asked)}`, signal),
    staleTime: 0,
  });
}

/** Return what models cost. */
export function usePrices() {
  return useQuery({
    queryKey: PRICES,
    queryFn: ({ signal }) => get<PriceList>("/api/prices", signal),
  });
}

/** Return the owner's actions on prices. */
export function usePriceActs() {
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: PRICES });
  return {
    set: async ({ model, ...price }: Price) => {
      await put(pathOf(model), price);
      await again();
    },
    remove: async (model: string) => {
      await erase(pathOf(model));
      await again();
    },
  };
}
