import {
  type InfiniteData,
  type Query,
  type QueryClient,
  useQueryClient,
} from "@tanstack/react-query";
import { isGone } from "../core/errors";
import { firstPages } from "../core/past";

/** What tells words, or what is known. The rest tells of the house, and nothing in it is forgotten. */
const CONTENT = new Set<unknown>([
  "thread",
  "conversations",
  "conversation",
  "search",
  "facts",
  "fact",
  "portrait",
  "timeline",
  "learning",
  "imports",
]);

const isContent = ({ queryKey }: Query) => CONTENT.has(queryKey[0]);

/**
 * Look afresh at everything that is shown, and let go of what was shown before.
 *
 * With `drop` nothing stays on the screen until it is read anew: something was forgotten. Without it,
 * what is shown stays until its new reading takes its place: a person loses neither their place nor
 * the words that they are writing into a dialog.
 */
export async function lookAfresh(queries: QueryClient, { drop = false } = {}): Promise<void> {
  queries.removeQueries({ predicate: isContent, type: "inactive" });
  if (drop) {
    await queries.resetQueries({ predicate: isContent });
    return;
  }
  shortenPast(queries);
  // What would go is not asked for again: it is gone, and asking for it would fail.
  await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "forgetting" });
  await queries.resetQueries({
    predicate: (query) => isContent(query) && isGone(query.state.error),
  });
}

/** Look again at the conversations, of which one changed. */
export async function againConversations(queries: QueryClient): Promise<void> {
  shortenPast(queries);
  await queries.invalidateQueries({ queryKey: ["conversations"] });
}

/** Let go of what lies deep in the past: reading it again with every change would take too long. */
function shortenPast(queries: QueryClient): void {
  queries.setQueriesData<InfiniteData<unknown>>(
    { queryKey: ["conversations", "past"] },
    (loaded) => loaded && firstPages(loaded),
  );
}

/** Return a function that looks afresh at everything that is shown, after something was forgotten. */
export function useAfresh() {
  const queries = useQueryClient();
  return () => lookAfresh(queries);
}
