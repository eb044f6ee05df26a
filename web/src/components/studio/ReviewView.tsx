import { useState } from "react";
import { REVIEW_KEYS } from "../../core/studio/review";
import type { Project } from "../../core/types";
import { useDebounced } from "../../hooks/useDebounced";
import { ALL_EXAMPLES, useExamples } from "../../hooks/useExamples";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Empty } from "../Page";
import { LoadMore, QueryResult } from "../QueryResult";
import { KeyHints } from "./KeyHints";
import { NextStep } from "./NextStep";
import { ReviewFilter } from "./ReviewFilter";
import { ReviewList } from "./ReviewList";

/** The examples one by one, for a person to go through. */
export function ReviewView({ project }: { project: Project }) {
  const { dates } = useSpeech();
  const { examples: words } = useStudioStrings();
  const [filter, setFilter] = useState(ALL_EXAMPLES);
  const query = useExamples(project.id, { ...filter, words: useDebounced(filter.words) });
  if (project.examples === 0) return <Empty>{words.none}</Empty>;
  return (
    <>
      <ReviewFilter project={project} filter={filter} onFilter={setFilter} />
      <QueryResult
        query={query}
        isEmpty={({ examples }) => examples.length === 0}
        empty={words.nothing}
      >
        {({ examples, total }) => (
          <>
            <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 text-sm text-soft">
              <KeyHints
                label={words.keys}
                keys={Object.entries(REVIEW_KEYS).map(([key, act]) => [key, words.acts[act]])}
              />
              <p role="status" className="tabular-nums">
                {words.shown(dates.number(examples.length), dates.number(total))}
              </p>
            </div>
            <ReviewList project={project} examples={examples} />
            <LoadMore {...query} />
          </>
        )}
      </QueryResult>
      <NextStep project={project.id} view={project.test > 0 ? "methods" : "test"} />
    </>
  );
}
