import { useQueryClient } from "@tanstack/react-query";

/** Return a function that looks afresh at everything that is shown, after something was forgotten. */
export function useAfresh() {
  const queries = useQueryClient();
  return () =>
    // But not at what would go: it is gone, and asking for it would fail.
    queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "forgetting" });
}
