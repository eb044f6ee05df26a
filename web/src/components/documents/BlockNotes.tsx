import { distinctFindings } from "../../core/documents";
import type { DocumentEdit, DocumentMark } from "../../core/types";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { Button } from "../Button";
import { EditNote } from "./EditNote";
import { FindingNote } from "./FindingNote";

interface Props {
  edits: readonly DocumentEdit[];
  findings: readonly DocumentMark[];
  /** The edit that keys are about. */
  at: string | null;
  onDecide: (decision: "accepted" | "rejected", edit: string) => void;
  onDecideAll: (decision: "accepted" | "rejected") => void;
  onReplace: (block: string, start: number, end: number, text: string) => void;
}

/** Below a paragraph: the changes that are proposed for it, and what checks found in it. */
export function BlockNotes({ edits, findings, at, onDecide, onDecideAll, onReplace }: Props) {
  const say = useWritingStrings();
  const open = edits.filter((edit) => edit.state === "open");
  return (
    <div className="my-2 grid gap-2 font-sans text-base whitespace-normal">
      {edits.map((edit) => (
        <EditNote key={edit.id} edit={edit} current={edit.id === at} onDecide={onDecide} />
      ))}
      {open.length > 1 && (
        <div className="flex flex-wrap items-center gap-2 text-sm">
          <span className="text-soft">{say.inParagraph(open.length)}</span>
          <Button onClick={() => onDecideAll("accepted")}>{say.acceptThese}</Button>
          <Button onClick={() => onDecideAll("rejected")}>{say.rejectThese}</Button>
        </div>
      )}
      {distinctFindings(findings).map((mark) => (
        <FindingNote
          key={`${mark.rule}-${mark.start}-${mark.end}`}
          mark={mark}
          onReplace={onReplace}
        />
      ))}
    </div>
  );
}
