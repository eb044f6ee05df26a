import { useQuery } from "@tanstack/react-query";
import { get, part } from "../core/http";
import type { Artifact } from "../core/types";

/** The first words of the keys of queries about artifacts: their text may come from memory. */
export const ARTIFACT_QUERIES = ["artifact", "documents", "plans"] as const;

/** Return what was made with a specialist: its type, title and newest version. */
export function useArtifact(id: string | null) {
  return useQuery({
    queryKey: ["artifact", id],
    queryFn: ({ signal }) => get<Artifact>(`/api/artifacts/${part(id ?? "")}`, signal),
    enabled: id !== null,
  });
}
