import type { ReactNode } from "react";
import { sentenceOf } from "../core/errors";
import { useStrings } from "../hooks/useStrings";
import { Button } from "./Button";
import { Notice } from "./Notice";
import { Empty, Waiting } from "./Page";

interface Query<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

interface Props<T> {
  query: Query<T>;
  isEmpty?: (data: T) => boolean;
  empty?: ReactNode;
  children: (data: T) => ReactNode;
}

/**
 * The result of a query: loading, failed, empty or there.
 *
 * If loading it again fails, the error is shown above the data that is there already: stale data
 * without a word would pass for the present.
 */
export function QueryResult<T>({ query, isEmpty, empty, children }: Props<T>) {
  const { data, error } = query;
  return (
    <>
      {error !== null && <QueryError error={error} retry={() => void query.refetch()} />}
      {data === undefined && error === null && <Waiting />}
      {data !== undefined && isEmpty?.(data) && error === null && <Empty>{empty}</Empty>}
      {data !== undefined && !isEmpty?.(data) && children(data)}
    </>
  );
}

/** A failed query with a button to retry it. */
export function QueryError({ error, retry }: { error: unknown; retry: () => void }) {
  const say = useStrings();
  return (
    <Notice failure>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span className="min-w-0 flex-1">{sentenceOf(error, say)}</span>
        <Button icon="again" onClick={retry}>
          {say.shell.retry}
        </Button>
      </div>
    </Notice>
  );
}

/** The error of an action, if there is one. */
export function ActionError({ error }: { error: unknown }) {
  const say = useStrings();
  if (error === null || error === undefined) return null;
  return <Notice failure>{sentenceOf(error, say)}</Notice>;
}

interface LoadMoreProps {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** A button that loads the next page of a list. */
export function LoadMore({ hasNextPage, isFetchingNextPage, fetchNextPage }: LoadMoreProps) {
  const say = useStrings();
  if (!hasNextPage) return null;
  return (
    <Button
      className="justify-self-center"
      disabled={isFetchingNextPage}
      onClick={() => void fetchNextPage()}
    >
      {isFetchingNextPage ? say.shell.loading : say.shell.loadMore}
    </Button>
  );
}
