import { useCallback, useEffect, useMemo, useState } from "react";
import { createPortal } from "react-dom";
import { findingsBeside, openEdits } from "../../core/documents";
import type { WrittenDocument } from "../../core/types";
import { useDocumentEditor } from "../../hooks/useDocumentEditor";
import { type DocumentChange, useChange, useChecks } from "../../hooks/useDocuments";
import { toNote, useEditKeys } from "../../hooks/useEditKeys";
import { useNoteSlots } from "../../hooks/useNoteSlots";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { ActionError } from "../QueryResult";
import { AskForEdits } from "./AskForEdits";
import { BlockNotes } from "./BlockNotes";
import { CheckList } from "./CheckList";
import { DecideAll } from "./DecideAll";
import { DocumentVersions } from "./DocumentVersions";
import { EditNote } from "./EditNote";
import { SavedMark, SavingNote } from "./SavingNote";
import { StyleQuestion } from "./StyleQuestion";

/** A document to write in, with the changes that are proposed for it and what checks find. */
export default function DocumentEditor({ document }: { document: WrittenDocument }) {
  const say = useWritingStrings();
  const [at, setAt] = useState<string | null>(null);
  const open = useMemo(() => openEdits(document.blocks, document.edits), [document]);
  const stale = useMemo(() => document.edits.filter((edit) => edit.state === "stale"), [document]);
  const editor = useDocumentEditor({
    document,
    label: say.text,
    onLeave: () => toNote(at ?? open[0]?.id ?? null, setAt),
    onPressed: (edit) => toNote(edit, setAt),
  });
  const change = useChange(document.id, editor.flush);
  const checks = useChecks(document);
  const findings = useMemo(
    () => findingsBeside(checks.data?.findings ?? [], open),
    [checks.data, open],
  );
  const { mutate } = change;
  const decide = useCallback(
    (decision: "accepted" | "rejected", edit: string) =>
      mutate({ to: "decisions", decision, edits: [edit] }),
    [mutate],
  );
  useEditKeys(open, at, setAt, decide);
  const slots = useNoteSlots(document.blocks, [...open, ...stale, ...findings]);
  const { mark } = editor;
  const areOld = checks.isPlaceholderData;
  useEffect(() => {
    mark({ edits: open, findings: areOld ? [] : findings, at, slots });
  }, [mark, open, findings, areOld, at, slots]);
  const run = (next: DocumentChange) => mutate(next);
  const lost = stale.filter((edit) => !slots.has(edit.block));
  return (
    <div className="@container">
      <div className="grid gap-4 @3xl:grid-cols-[minmax(0,1fr)_17rem] @3xl:grid-rows-[auto_1fr] @3xl:gap-x-6">
        <div className="grid content-start gap-4 @3xl:col-start-2 @3xl:row-start-1">
          <SavingNote state={editor.state} onSettle={editor.settle} />
          <ActionError error={change.error} />
          <StyleQuestion asked={change.data} />
          <DecideAll document={document} open={open} busy={change.isPending} onChange={run} />
        </div>
        <article className="relative rounded-2xl border border-line bg-sheet p-4 pt-6 @lg:px-8 @lg:py-7 @3xl:row-span-2 @3xl:row-start-1">
          <SavedMark saving={editor.state.saving} />
          <div ref={editor.host} className="editor" />
          {[...slots].map(([block, slot]) =>
            createPortal(
              <BlockNotes
                edits={[...open, ...stale].filter((edit) => edit.block === block)}
                findings={findings.filter((mark) => mark.block === block)}
                at={at}
                onDecide={decide}
                onDecideAll={(decision) => run({ to: "decisions", decision, block })}
                onReplace={editor.replace}
              />,
              slot,
              block,
            ),
          )}
        </article>
        <div className="grid content-start gap-4 @3xl:col-start-2 @3xl:row-start-2">
          {lost.map((edit) => (
            <EditNote key={edit.id} edit={edit} current={edit.id === at} onDecide={decide} />
          ))}
          {change.data && change.data.dropped.length > 0 && (
            <p className="text-sm text-soft">{say.dropped(change.data.dropped.length)}</p>
          )}
          <AskForEdits busy={change.isPending} onChange={run} />
          <CheckList checks={checks} beside={findings.length} />
          <DocumentVersions document={document} busy={change.isPending} onChange={run} />
        </div>
      </div>
    </div>
  );
}
