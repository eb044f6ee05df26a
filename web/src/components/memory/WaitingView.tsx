import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { sentenceOf } from "../../core/errors";
import { NO_FILTER, stillThere, toggled } from "../../core/memory";
import { showToast } from "../../core/toast";
import type { Fact } from "../../core/types";
import { useFactActs, useFacts } from "../../hooks/useMemory";
import { useSpeech, useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Notice } from "../Notice";
import { LoadMore, QueryResult } from "../QueryResult";
import { WaitingRow } from "./WaitingRow";

/** The facts that wait for the person's approval. */
export function WaitingView() {
  const say = useStrings();
  const waiting = useFacts({ ...NO_FILTER, state: "waiting" });
  return (
    <>
      <p className="text-soft">{say.memory.waitingAbout}</p>
      <QueryResult
        query={waiting}
        isEmpty={(facts) => facts.length === 0}
        empty={say.memory.waitingEmpty}
      >
        {(facts) => <Deciding facts={facts} />}
      </QueryResult>
      <LoadMore {...waiting} />
    </>
  );
}

function Deciding({ facts }: { facts: readonly Fact[] }) {
  const say = useStrings();
  const all = useId();
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const chosen = stillThere(marked, facts);
  const hasAll = chosen.length === facts.length;
  return (
    <div className="grid gap-3">
      <div className="sticky top-0 z-10 -mx-1 flex flex-wrap items-center gap-x-4 gap-y-2 bg-paper px-1 py-2">
        <label htmlFor={all} className="flex min-h-10 items-center gap-3 ps-4">
          <input
            id={all}
            type="checkbox"
            className="size-4.5 accent-accent"
            checked={hasAll}
            ref={(box) => {
              if (box) box.indeterminate = chosen.length > 0 && !hasAll;
            }}
            onChange={() => setMarked(new Set(hasAll ? [] : facts.map((fact) => fact.id)))}
          />
          {say.memory.selectAll}
        </label>
        <Decision ids={chosen} onDone={() => setMarked(new Set())} />
      </div>
      <ul className="divide-y divide-line rounded-2xl border border-line bg-sheet">
        {facts.map((fact) => (
          <WaitingRow
            key={fact.id}
            fact={fact}
            chosen={marked.has(fact.id)}
            onToggle={() => setMarked(toggled(marked, fact.id))}
          />
        ))}
      </ul>
    </div>
  );
}

interface Decided {
  approve: boolean;
  decided: string[];
}

function Decision({ ids, onDone }: { ids: string[]; onDone: () => void }) {
  const { say, dates } = useSpeech();
  const acts = useFactActs();
  const deciding = useMutation({
    mutationFn: ({ approve, decided }: Decided) =>
      approve ? acts.approveAll(decided) : acts.rejectAll(decided),
    // The list may have been read again by now, without them: `ids` may be empty.
    onSuccess: (_, { approve, decided }) => {
      const count = dates.number(decided.length);
      const sentence = (approve ? say.memory.approved : say.memory.rejected)(decided.length, count);
      const undo = () =>
        acts.undoAll(decided).then(
          () => showToast(say.memory.didUndo),
          (error) => showToast(sentenceOf(error, say), { failure: true }),
        );
      showToast(sentence, { action: { label: say.shell.undo, act: () => void undo() } });
      onDone();
    },
  });
  const disabled = !ids.length || deciding.isPending;
  return (
    <>
      <span aria-live="polite" className="flex-1 text-sm text-soft">
        {ids.length > 0 && say.memory.selected(ids.length, dates.number(ids.length))}
      </span>
      <div className="flex gap-2 max-sm:w-full max-sm:*:flex-1 max-sm:*:px-2">
        <Button
          icon="close"
          disabled={disabled}
          onClick={() => deciding.mutate({ approve: false, decided: ids })}
        >
          {say.memory.rejectThem}
        </Button>
        <Button
          kind="main"
          icon="check"
          disabled={disabled}
          onClick={() => deciding.mutate({ approve: true, decided: ids })}
        >
          {say.memory.approve}
        </Button>
      </div>
      {deciding.error && (
        <div className="w-full">
          <Notice failure>{sentenceOf(deciding.error, say)}</Notice>
        </div>
      )}
    </>
  );
}
