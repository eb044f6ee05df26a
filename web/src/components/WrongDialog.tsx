import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { sentenceOf } from "../core/errors";
import { get, part, post, query } from "../core/http";
import { plain } from "../core/markdown";
import type { Fact, FactDetail, FactPage } from "../core/types";
import { useStrings } from "../hooks/useStrings";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Area } from "./Field";
import { Notice } from "./Notice";
import { Waiting } from "./Page";

/** What is to be corrected or forgotten: a fact or a message. */
export type Subject = { text: string } & (
  | { fact: string; message?: undefined }
  | { message: string; fact?: undefined }
);

interface Props {
  subject: Subject;
  onClose: () => void;
  onDone: () => void;
}

/** Dialog to correct Tau. Messages stay; what Tau believes changes. */
export function WrongDialog({ subject, onClose, onDone }: Props) {
  const say = useStrings();
  const form = useId();
  const facts = useFactsOf(subject);
  const [right, setRight] = useState("");
  const fixing = useMutation({
    mutationFn: () => fix(facts.data ?? [], right.trim()),
    onSuccess: onDone,
    onError: () => facts.refetch(), // it may have been changed on another device
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    fixing.mutate();
  };
  const error = facts.error ?? fixing.error;
  const canReject = (facts.data?.length ?? 0) > 0;
  return (
    <Dialog
      title={say.talk.wrongTitle}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say.shell.cancel}</Button>
          {canReject && (
            <Button
              disabled={fixing.isPending || right.trim() !== ""}
              onClick={() => fixing.mutate()}
            >
              {say.talk.wrongJust}
            </Button>
          )}
          <Button
            kind="main"
            type="submit"
            form={form}
            disabled={!right.trim() || fixing.isPending || facts.isPending}
          >
            {say.shell.save}
          </Button>
        </>
      }
    >
      <ul className="grid gap-1 border-s-2 border-line ps-3 font-serif">
        {(canReject ? (facts.data ?? []) : [subject]).map((one) => (
          <li key={one.text} dir="auto" className="line-clamp-4 wrap-anywhere">
            {plain(one.text)}
          </li>
        ))}
      </ul>
      {facts.isPending && <Waiting />}
      <form id={form} onSubmit={submit}>
        <Area
          label={say.talk.wrongLabel}
          hint={say.talk.wrongText}
          value={right}
          maxLength={500}
          dir="auto"
          autoFocus
          onChange={(event) => setRight(event.target.value)}
        />
      </form>
      {error && <Notice failure>{sentenceOf(error, say)}</Notice>}
    </Dialog>
  );
}

/** The facts in question: the given one, or those that come from the message. */
function useFactsOf({ fact, message }: Subject) {
  return useQuery({
    queryKey: ["facts", "of", fact ?? message],
    queryFn: async (): Promise<Fact[]> => {
      if (fact !== undefined)
        return [(await get<FactDetail>(`/api/memory/facts/${part(fact)}`)).fact];
      return (await get<FactPage>(`/api/memory/facts${query({ message, limit: 20 })}`)).facts;
    },
  });
}

/** Correct one fact, or reject several and add the right one. Revisions guard against races. */
async function fix(facts: readonly Fact[], right: string): Promise<void> {
  const [first, ...others] = facts;
  if (first && !others.length && right) {
    const body = { text: right, revision: first.revision };
    await post(`/api/memory/facts/${part(first.id)}/correct`, body);
    return;
  }
  for (const { id, revision } of facts)
    await post(`/api/memory/facts/${part(id)}/reject`, { revision });
  if (right) await post("/api/memory/facts", { text: right });
}
