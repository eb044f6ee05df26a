import type { ReactNode } from "react";
import { sentenceOf } from "../../core/errors";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Notice } from "../Notice";
import { Empty, Waiting } from "../Page";

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

interface Props<T> {
  of: Asked<T>;
  isEmpty?: (data: T) => boolean;
  empty?: ReactNode;
  children: (data: T) => ReactNode;
}

/** What was asked for; or that it is on its way, has failed, or is nothing. */
export function Listed<T>({ of, isEmpty, empty, children }: Props<T>) {
  return (
    <>
      {of.error !== null && <Failed error={of.error} again={() => void of.refetch()} />}
      {of.data === undefined && of.error === null && <Waiting />}
      {of.data !== undefined && isEmpty?.(of.data) && of.error === null && <Empty>{empty}</Empty>}
      {of.data !== undefined && !isEmpty?.(of.data) && children(of.data)}
    </>
  );
}

/** A failure, and the way to try again. */
export function Failed({ error, again }: { error: unknown; again: () => void }) {
  const say = useStrings();
  return (
    <Notice failure>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span>{sentenceOf(error, say)}</span>
        <Button icon="again" onClick={again}>
          {say.shell.retry}
        </Button>
      </div>
    </Notice>
  );
}

interface MoreProps {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** The way to the rest of a list. */
export function More({ hasNextPage, isFetchingNextPage, fetchNextPage }: MoreProps) {
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
