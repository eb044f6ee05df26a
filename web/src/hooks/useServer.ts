import { useQuery, useQueryClient } from "@tanstack/react-query";
import { erase, get, part, post } from "../core/http";
import type { Backup, ServerInfo } from "../core/types";

/** Return the server's data folder, its size, and the backups. */
export function useServer(enabled = true) {
  return useQuery({
    queryKey: ["server"],
    queryFn: ({ signal }) => get<ServerInfo>("/api/server", signal),
    enabled,
    staleTime: 0,
  });
}

/** Return the actions on backups. */
export function useBackupActs() {
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: ["server"] });
  return {
    make: async () => {
      await post<Backup>("/api/backups");
      await again();
    },
    remove: async (name: string) => {
      await erase(`/api/backups/${part(name)}`);
      await again();
    },
  };
}
