import {
  type InfiniteData,
  type Query,
  type QueryClient,
  useQueryClient,
} from "@tanstack/react-query";
import { isGone } from "../core/errors";
import { firstPages } from "../core/history";
import { ARTIFACT_QUERIES } from "./useArtifacts";

/**
 * Queries with messages, facts, or examples, which may be of lent conversations. Other queries hold
 * nothing that can be forgotten.
 */
const CONTENT = new Set<unknown>([
  "thread",
  "conversations",
  "conversation",
  "search",
  "facts",
  "fact",
  "profile",
  "timeline",
  "learning",
  "imports",
  "attachments",
  "experts",
  "studio",
  "style",
  ...ARTIFACT_QUERIES,
]);

const isContent = ({ queryKey }: Query) => CONTENT.has(queryKey[0]);

/**
 * Refetch everything that is shown, and drop what was shown before.
 *
 * With `drop`, because something was forgotten, nothing stays on the screen until it is fetched again.
 * Without it, data stays until the new data arrives, so that a person loses neither their place nor
 * the text in a dialog.
 */
export async function refreshAll(queries: QueryClient, { drop = false } = {}): Promise<void> {
  queries.removeQueries({ predicate: isContent, type: "inactive" });
  if (drop) {
    await queries.resetQueries({ predicate: isContent });
    return;
  }
  dropLaterPages(queries);
  // Previews of forgetting are not refetched: their subject is gone, and the request would fail.
  await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "forgetting" });
  await queries.resetQueries({
    predicate: (query) => isContent(query) && isGone(query.state.error),
  });
}

/**
 * Refetch what a key names, because the server has newer data.
 *
 * A first fetch in progress may have been too early. TanStack Query wouldn't repeat it, so it's
 * cancelled.
 */
export async function refresh(queries: QueryClient, key: string): Promise<void> {
  const queryKey = [key];
  await queries.cancelQueries({ queryKey, predicate: ({ state }) => state.data === undefined });
  await queries.invalidateQueries({ queryKey });
}

/** Refetch the lists of conversations after one of them changed. */
export async function refreshConversations(queries: QueryClient): Promise<void> {
  dropLaterPages(queries);
  await refresh(queries, "conversations");
}

/** Drop the later pages of the history: refetching them with every change would take too long. */
function dropLaterPages(queries: QueryClient): void {
  queries.setQueriesData<InfiniteData<unknown>>(
    { queryKey: ["conversations", "past"] },
    (loaded) => loaded && firstPages(loaded),
  );
}

/** Return a function that refetches everything that is shown. */
export function useRefreshAll() {
  const queries = useQueryClient();
  return () => refreshAll(queries);
}
