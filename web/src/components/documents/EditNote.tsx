import type { DocumentEdit } from "../../core/types";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { Button } from "../Button";

interface Props {
  edit: DocumentEdit;
  current: boolean;
  onDecide: (decision: "accepted" | "rejected", edit: string) => void;
}

/** What a change is, why and by whom, and its two buttons. */
export function EditNote({ edit, current, onDecide }: Props) {
  const say = useWritingStrings();
  const by = say.from[edit.by as keyof typeof say.from] ?? edit.by;
  const isStale = edit.state === "stale";
  return (
    <fieldset
      id={`edit-${edit.id}`}
      aria-label={say.change(edit.find, edit.replace)}
      tabIndex={-1}
      className={`flex scroll-my-4 flex-wrap items-center gap-2 rounded-xl border bg-wash px-3 py-2 text-sm ${current ? "border-accent" : "border-line"}`}
    >
      <div className="min-w-0 flex-1 basis-full sm:basis-48">
        <p dir="auto">{say.change(edit.find, edit.replace)}</p>
        <p className="text-soft">
          {isStale ? say.stale : [edit.why, by].filter(Boolean).join(" · ")}
        </p>
      </div>
      <span className="flex flex-wrap gap-2">
        {!isStale && (
          <Button icon="check" onClick={() => onDecide("accepted", edit.id)}>
            {say.accept}
          </Button>
        )}
        <Button icon="close" onClick={() => onDecide("rejected", edit.id)}>
          {say.reject}
        </Button>
      </span>
    </fieldset>
  );
}
