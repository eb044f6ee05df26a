import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { erase, get, post } from "../core/http";
import type { Provider, ProviderPage } from "../core/types";

const PROVIDER = ["provider"];
const ACCOUNT = ["provider", "account"];

/** Return the name of the provider that may sign people in; empty if there is none. */
export function useProviderName(): string {
  const { data } = useQuery({
    queryKey: PROVIDER,
    queryFn: () => get<Provider>("/api/provider"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data?.name ?? "";
}

/** Return whether the person has linked an account there. */
export const useLinkedAccount = () =>
  useQuery({ queryKey: ACCOUNT, queryFn: () => get<Provider>("/api/provider/account") });

/** Return a mutation that goes to the provider's page, to sign in or to join. */
export function useSignInAtProvider() {
  return useMutation({
    mutationFn: (invitation: string | null) =>
      post<ProviderPage>("/api/provider/sign-in", invitation ? { invitation } : {}),
    onSuccess: ({ url }) => location.assign(url),
  });
}

/** Return the mutations that link an account and take it away again. */
export function useAccountLink() {
  const queries = useQueryClient();
  const link = useMutation({
    mutationFn: () => post<ProviderPage>("/api/provider/account"),
    onSuccess: ({ url }) => location.assign(url),
  });
  const unlink = useMutation({
    mutationFn: () => erase("/api/provider/account"),
    onSuccess: () => queries.invalidateQueries({ queryKey: ACCOUNT }),
  });
  return { link, unlink };
}
