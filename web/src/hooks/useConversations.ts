import { useQuery, useQueryClient } from "@tanstack/react-query";
import { erase, get, part, patch, query } from "../core/http";
import type { Conversation, ConversationPage } from "../core/types";

/** Return the most recent conversations. */
export function useConversations(limit = 30) {
  return useQuery({
    queryKey: ["conversations", "recent", limit],
    queryFn: ({ signal }) => get<ConversationPage>(`/api/conversations${query({ limit })}`, signal),
  });
}

/** Return one conversation. */
export function useConversation(id: string | null) {
  return useQuery({
    queryKey: ["conversation", id],
    queryFn: ({ signal }) => get<Conversation>(`/api/conversations/${part(id as string)}`, signal),
    enabled: id !== null,
  });
}

/** Return the actions on a conversation. */
export function useConversationActs() {
  const queries = useQueryClient();
  const again = async () => {
    await Promise.all(
      ["conversations", "conversation"].map((key) =>
        queries.invalidateQueries({ queryKey: [key] }),
      ),
    );
  };
  const change = async (id: string, what: { title?: string; archived?: boolean }) => {
    await patch(`/api/conversations/${part(id)}`, what);
    await again();
  };
  return {
    rename: (id: string, title: string) => change(id, { title }),
    archive: (id: string, archived: boolean) => change(id, { archived }),
    erase: async (id: string) => {
      await erase(`/api/conversations/${part(id)}`);
      queries.removeQueries({ queryKey: ["thread", id] });
      queries.removeQueries({ queryKey: ["conversation", id] });
      await queries.invalidateQueries({ queryKey: ["conversations"] });
    },
  };
}
