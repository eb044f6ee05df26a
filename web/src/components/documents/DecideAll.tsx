import { kindsOf } from "../../core/documents";
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
  /** What edits of one kind have in common: who proposes them, and why. */
  const nameOf = (by: string, edits: readonly DocumentEdit[]) => {
    const from = say.from[by as keyof typeof say.from] ?? by;
    const why = edits.every((edit) => edit.why === edits[0]?.why) ? edits[0]?.why : "";
    return say.kind(edits.length, [from, why].filter(Boolean).join(": "));
  };
  return (
    <div className="grid gap-2">
      {open.length > 0 && (
        <>
          <div className="flex flex-wrap items-center gap-2">
            <p role="status" className="me-1 font-medium">
              {say.open(open.length)}
            </p>
            <span className="flex gap-2">
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
            </span>
          </div>
          <p className="text-sm text-soft max-md:hidden">{say.keys}</p>
        </>
      )}
      {kindsOf(open).map(({ rule, by, edits }) => (
        <fieldset key={rule} aria-label={nameOf(by, edits)} className="grid gap-1">
          <p className="text-sm text-soft">{nameOf(by, edits)}</p>
          <div className="flex flex-wrap gap-2 text-sm">
            <Button
              disabled={busy}
              onClick={() => onChange({ to: "decisions", decision: "accepted", rule })}
            >
              {say.acceptThese}
            </Button>
            <Button
              disabled={busy}
              onClick={() => onChange({ to: "decisions", decision: "rejected", rule })}
            >
              {say.rejectThese}
            </Button>
          </div>
        </fieldset>
      ))}
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
