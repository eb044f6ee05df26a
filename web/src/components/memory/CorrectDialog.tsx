import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { Refused, sentenceOf } from "../../core/errors";
import { plain } from "../../core/markdown";
import { standing } from "../../core/memory";
import type { Fact } from "../../core/types";
import { factQuery, useFactActs } from "../../hooks/useMemory";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Dialog } from "../Dialog";
import { Area } from "../Field";
import { Notice } from "../Notice";
import { FactMeta } from "./FactMeta";

interface Props {
  fact: Fact;
  onClose: () => void;
  onDone: (corrected: Fact) => void;
}

/** Dialog to correct a fact. If it has changed meanwhile, it's shown again and the text stays. */
export function CorrectDialog({ fact, onClose, onDone }: Props) {
  const say = useStrings();
  const form = useId();
  const [looked, setLooked] = useState(fact); // the version that the person sees, with its revision
  const [right, setRight] = useState(plain(fact.text));
  const saving = useCorrecting(setLooked, onDone);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate({ looked, text: right.trim() });
  };
  return (
    <Dialog
      title={say.memory.correctTitle}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say.shell.cancel}</Button>
          <Button
            kind="main"
            type="submit"
            form={form}
            disabled={!right.trim() || saving.isPending}
          >
            {say.shell.save}
          </Button>
        </>
      }
    >
      <div className="border-s-2 border-line ps-3">
        <p dir="auto" className="font-serif text-lg wrap-anywhere">
          {plain(looked.text)}
        </p>
        <FactMeta fact={looked} state />
      </div>
      {saving.error && (
        <Notice failure>
          {hasMoved(saving.error) ? say.memory.movedOnKept : sentenceOf(saving.error, say)}
        </Notice>
      )}
      <form id={form} onSubmit={submit}>
        <Area
          label={say.memory.correctLabel}
          hint={say.memory.correctHint}
          value={right}
          maxLength={1000}
          dir="auto"
          autoFocus
          onChange={(event) => setRight(event.target.value)}
        />
      </form>
    </Dialog>
  );
}

const hasMoved = (error: unknown): boolean => error instanceof Refused && error.status === 409;

/** Correct a fact. If it has changed, load it again, so that saving again is a decision. */
function useCorrecting(onMoved: (now: Fact) => void, onDone: (corrected: Fact) => void) {
  const queries = useQueryClient();
  const acts = useFactActs();
  return useMutation({
    mutationFn: ({ looked, text }: { looked: Fact; text: string }) => acts.correct(looked, text),
    onSuccess: onDone,
    onError: async (error, { looked }) => {
      if (!hasMoved(error)) return;
      const detail = await queries.fetchQuery({ ...factQuery(looked.id), staleTime: 0 });
      onMoved(standing(detail));
    },
  });
}
