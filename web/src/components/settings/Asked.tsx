import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { sentenceOf } from "../../core/errors";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Notice } from "../Notice";
import { Waiting } from "../Page";

interface Props<T> {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}

/** What was asked of Tau: on its way, refused with a way to ask again, or there. */
export function Asked<T>({ query, children }: Props<T>) {
  const say = useStrings();
  if (query.data !== undefined) return children(query.data);
  if (!query.error) return <Waiting />;
  return (
    <Notice failure>
      <div className="flex flex-wrap items-center gap-3">
        <span className="min-w-0 flex-1">{sentenceOf(query.error, say)}</span>
        <Button onClick={() => void query.refetch()}>{say.shell.retry}</Button>
      </div>
    </Notice>
  );
}

/** What went wrong with something that the person did; nothing where nothing did. */
export function Failure({ error }: { error: unknown }) {
  const say = useStrings();
  if (error === null || error === undefined) return null;
  return <Notice failure>{sentenceOf(error, say)}</Notice>;
}
