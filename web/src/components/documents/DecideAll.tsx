import type { DocumentEdit, WrittenDocument } from "../../core/types";
import type { DocumentChange } from "../../hooks/useDocuments";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { Button } from "../Button";

interface Props {
  document: WrittenDocument;
  open: readonly DocumentEdit[];
  busy: boolean;
  onChange: (change: DocumentChange) => void;
}

/** Decides all changes at once, and takes the newest decision back. */
export function DecideAll({ document, open, busy, onChange }: Props) {
  const say = useWritingStrings();
  const decided = document.edits.some((edit) => ["accepted", "rejected"].includes(edit.state));
  if (!open.length && !decided) return null;
  return (
    <div className="grid gap-2">
      {open.length > 0 && (
        <>
          <p role="status" className="font-medium">
            {say.open(open.length)}
          </p>
          <p className="text-sm text-soft max-md:hidden">{say.keys}</p>
          <div className="flex flex-wrap gap-2">
            <Button
              disabled={busy}
              onClick={() => onChange({ to: "decisions", decision: "accepted" })}
            >
              {say.acceptAll}
            </Button>
            <Button
              disabled={busy}
              onClick={() => onChange({ to: "decisions", decision: "rejected" })}
            >
              {say.rejectAll}
            </Button>
          </div>
        </>
      )}
      {decided && (
        <Button
          icon="undo"
          disabled={busy}
          className="justify-self-start"
          onClick={() => onChange({ to: "decisions", decision: "undone" })}
        >
          {say.undo}
        </Button>
      )}
    </div>
  );
}
