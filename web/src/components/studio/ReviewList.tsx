import { useCallback, useRef, useState } from "react";
import { mayChange, otherDecision, type ReviewAct } from "../../core/studio/review";
import type { Example, Project } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useExampleActs } from "../../hooks/useExamples";
import { useReviewKeys } from "../../hooks/useReviewKeys";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { ActionError } from "../QueryResult";
import { ReviewRow } from "./ReviewRow";

interface Props {
  project: Project;
  examples: readonly Example[];
}

/** A list of examples with one of them open; j, k, x and e work while it has the focus. */
export function ReviewList({ project, examples }: Props) {
  const { examples: words } = useStudioStrings();
  const acts = useExampleActs(project.id);
  const { error, run } = useAction();
  const list = useRef<HTMLUListElement>(null);
  const [at, setAt] = useState(0);
  const [asked, setAsked] = useState<"edit" | "withdraw" | null>(null);
  const open = Math.min(at, examples.length - 1);
  const example = examples[open];
  const act = (what: ReviewAct) => {
    if (!example || !mayChange(example)) return;
    if (what === "edit") setAsked("edit");
    if (what === "toggle") void run(() => acts.decide([example.id], otherDecision(example)));
  };
  const keys = useReviewKeys({
    list,
    at: open,
    length: examples.length,
    onMove: setAt,
    onAct: act,
  });
  const ask = useCallback((what: "edit" | "withdraw" | null) => setAsked(what), []);
  return (
    <>
      <ActionError error={error} />
      <ul
        ref={list}
        aria-label={words.list}
        onKeyDown={keys}
        className="grid rounded-2xl border border-line bg-sheet"
      >
        {examples.map((each, place) => (
          <ReviewRow
            key={each.id}
            project={project}
            example={each}
            place={place}
            open={place === open}
            asked={place === open ? asked : null}
            onOpen={() => setAt(place)}
            onAsk={ask}
          />
        ))}
      </ul>
    </>
  );
}
