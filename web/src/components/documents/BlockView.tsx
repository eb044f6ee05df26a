import { useState } from "react";
import { openEdits, piecesOf } from "../../core/documents";
import type { DocumentBlock, DocumentEdit } from "../../core/types";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { Button, IconButton } from "../Button";
import { GrowingArea } from "../GrowingArea";
import { EditNote } from "./EditNote";

interface Props {
  block: DocumentBlock;
  edits: readonly DocumentEdit[];
  /** The edit that keys are about. */
  at: string | null;
  onDecide: (decision: "accepted" | "rejected", edit: string) => void;
  onSave: (text: string) => void;
}

const LOOKS: Partial<Record<DocumentBlock["kind"], string>> = {
  heading: "font-serif text-xl",
  code: "font-mono text-sm",
  table: "font-mono text-sm",
  quote: "border-s-2 border-line ps-3 italic",
  cell: "border-s-2 border-line ps-3",
};

/** A block of a document: its text with marks, or a field to write in, and a note for each edit. */
export function BlockView({ block, edits, at, onDecide, onSave }: Props) {
  const say = useWritingStrings();
  const [written, setWritten] = useState<string | null>(null);
  const own = edits.filter((edit) => edit.block === block.id);
  const open = openEdits([block], own);
  const stale = own.filter((edit) => edit.state === "stale");
  if (block.kind === "rule") return <hr className="border-line" />;
  if (written !== null) {
    return (
      <div className="grid gap-2">
        <GrowingArea
          aria-label={say.paragraph}
          value={written}
          onChange={setWritten}
          className="rounded-xl border border-line px-3 py-2"
        />
        <div className="flex gap-2">
          <Button
            kind="main"
            onClick={() => {
              onSave(written);
              setWritten(null);
            }}
          >
            {say.save}
          </Button>
          <Button onClick={() => setWritten(null)}>{say.cancel}</Button>
        </div>
      </div>
    );
  }
  return (
    <div className="grid gap-2">
      <div className="group flex items-start gap-2">
        <p dir="auto" className={`min-w-0 flex-1 whitespace-pre-wrap ${LOOKS[block.kind] ?? ""}`}>
          {block.kind === "item" && <span className="text-soft">{block.marker || "-"} </span>}
          <Pieces block={block} edits={own} at={at} />
        </p>
        <IconButton icon="edit" label={say.edit} onClick={() => setWritten(block.text)} />
      </div>
      {[...open, ...stale].map((edit) => (
        <EditNote key={edit.id} edit={edit} current={edit.id === at} onDecide={onDecide} />
      ))}
    </div>
  );
}

function Pieces({ block, edits, at }: Pick<Props, "block" | "edits" | "at">) {
  return piecesOf(block, edits).map((piece) =>
    piece.kind === "text" ? (
      <span key={piece.start}>{piece.text}</span>
    ) : (
      <span
        key={`edit-${piece.edit.id}`}
        className={piece.edit.id === at ? "rounded bg-wash outline-2 outline-accent" : ""}
      >
        {piece.edit.find && <del className="text-soft">{piece.edit.find}</del>}
        {piece.edit.replace && <ins className="text-accent">{piece.edit.replace}</ins>}
      </span>
    ),
  );
}
