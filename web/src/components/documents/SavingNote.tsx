import type { SessionState } from "../../core/editor/callbacks";
import { Refused, sentenceOf } from "../../core/errors";
import { useStrings } from "../../hooks/useStrings";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { Button } from "../Button";
import { Notice } from "../Notice";

interface Props {
  state: SessionState;
  /** End a conflict: what is written here stays, or what was written elsewhere. */
  onSettle: (mine: boolean) => void;
}

/** What to do if what was typed can't be saved. */
export function SavingNote({ state, onSettle }: Props) {
  const say = useWritingStrings();
  const strings = useStrings();
  if (state.saving === "conflict") {
    return (
      <Notice failure>
        <p>{say.conflict}</p>
        <div className="mt-2 flex flex-wrap gap-2">
          <Button kind="main" onClick={() => onSettle(true)}>
            {say.keepMine}
          </Button>
          <Button onClick={() => onSettle(false)}>{say.takeTheirs}</Button>
        </div>
      </Notice>
    );
  }
  if (state.saving === "failed") {
    const isRefused = state.error instanceof Refused;
    return (
      <Notice failure>
        {isRefused && <p>{sentenceOf(state.error, strings)}</p>}
        <p>{say.notSaved}</p>
      </Notice>
    );
  }
  return null;
}

/** Whether what was typed is saved. */
export function SavedMark({ saving }: Pick<SessionState, "saving">) {
  const say = useWritingStrings();
  return (
    <p
      data-saving={saving}
      className="absolute end-3 top-1.5 text-xs text-soft @lg:end-4 @lg:top-2.5"
    >
      {saving === "saved" ? say.saved : saving === "waiting" ? say.saving : ""}
    </p>
  );
}
