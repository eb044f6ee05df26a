import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { sentenceOf } from "../core/errors";
import { plain } from "../core/markdown";
import { namesNobody } from "../core/memory";
import type { Note } from "../core/types";
import { useFactActs } from "../hooks/useMemory";
import { useSpeech } from "../hooks/useStrings";
import { Button } from "./Button";
import { Link } from "./Link";
import { Notice } from "./Notice";

const SMALL = "inline-flex min-h-8 items-center rounded-lg px-2 text-accent hover:bg-wash";

/** What Tau learned since the reply before, and what it asks before something counts. */
export function MemoryNotes({ notes }: { notes: readonly Note[] }) {
  const { say } = useSpeech();
  if (!notes.length) return null;
  return (
    <ul aria-label={say.talk.notes} className="mt-3 grid gap-2 text-sm text-soft">
      {notes.map((note) => (
        <li key={note.fact}>
          {note.kind === "asks" ? <Question note={note} /> : <Learned note={note} />}
        </li>
      ))}
    </ul>
  );
}

/** A fact that waits: the person says whether it counts. */
function Question({ note }: { note: Note }) {
  const { say } = useSpeech();
  const acts = useFactActs();
  const queries = useQueryClient();
  const [answer, setAnswer] = useState<boolean | null>(null);
  const deciding = useMutation({
    mutationFn: (yes: boolean) =>
      yes ? acts.approveAll([note.fact]) : acts.rejectAll([note.fact]),
    onSuccess: (_, yes) => setAnswer(yes),
  });
  const undo = useMutation({
    mutationFn: () => acts.undo(note.fact),
    onSuccess: () => {
      setAnswer(null);
      void queries.invalidateQueries({ queryKey: ["thread"] });
    },
  });
  const error = deciding.error ?? undo.error;
  return (
    <div className="rounded-2xl border border-line bg-sheet px-4 py-3">
      <p dir="auto" className="font-serif text-base wrap-anywhere text-ink">
        {textOf(note)}
      </p>
      {answer === null ? (
        <div className="mt-2 flex flex-wrap items-center gap-2">
          <p className="flex-1 text-ink">{questionOf(note, say.talk)}</p>
          <Button disabled={deciding.isPending} onClick={() => deciding.mutate(false)}>
            {say.talk.no}
          </Button>
          <Button kind="main" disabled={deciding.isPending} onClick={() => deciding.mutate(true)}>
            {say.talk.yes}
          </Button>
        </div>
      ) : (
        <p role="status" className="mt-1">
          {answer ? say.talk.willCount : say.talk.wontCount}{" "}
          <button type="button" className={SMALL} onClick={() => undo.mutate()}>
            {say.shell.undo}
          </button>
        </p>
      )}
      {error && <Notice failure>{sentenceOf(error, say)}</Notice>}
    </div>
  );
}

/** A fact that is new or took another's place. */
function Learned({ note }: { note: Note }) {
  const { say } = useSpeech();
  const acts = useFactActs();
  const [isUndone, setUndone] = useState(false);
  const undo = useMutation({
    mutationFn: () => acts.rejectAll([note.fact]),
    onSuccess: () => setUndone(true),
  });
  if (isUndone) return <p role="status">{say.talk.noteUndone}</p>;
  return (
    <div className="flex flex-wrap items-center">
      <p className="wrap-anywhere">
        {note.kind === "replaced" && note.replaces !== null && note.replaces !== undefined
          ? say.talk.noteReplaced(textOf(note), plain(note.replaces))
          : say.talk.noteLearned(textOf(note))}
      </p>
      <button type="button" className={SMALL} onClick={() => undo.mutate()}>
        {say.shell.undo}
      </button>
      <Link to={{ page: "memory", view: "facts", fact: note.fact }} className={SMALL}>
        {say.talk.seeFact}
      </Link>
      {undo.error && <Notice failure>{sentenceOf(undo.error, say)}</Notice>}
    </div>
  );
}

function textOf(note: Note): string {
  const text = plain(note.text);
  return namesNobody(note) ? `${plain(note.about)}: ${text}` : text;
}

interface Questions {
  asksAlways: string;
  asksReplace: (old: string) => string;
  asksCount: string;
}

function questionOf(note: Note, words: Questions): string {
  if (note.topic === "instruction") return words.asksAlways;
  return note.replaces ? words.asksReplace(plain(note.replaces)) : words.asksCount;
}
