import { type FormEvent, useId, useState } from "react";
import type { SketchPlan } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { usePlanActs } from "../../hooks/usePlans";
import { go } from "../../hooks/useRoute";
import { useSketchStrings } from "../../hooks/useSketchStrings";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Dialog } from "../Dialog";
import { Field } from "../Field";
import { ActionError } from "../QueryResult";

interface Props {
  plan: SketchPlan;
  onClose: () => void;
}

/** Dialog to rename a plan. */
export function RenameDialog({ plan, onClose }: Props) {
  const { shell } = useStrings();
  const say = useSketchStrings();
  const form = useId();
  const acts = usePlanActs(plan.id);
  const { busy, error, run } = useAction();
  const [title, setTitle] = useState(plan.title);
  const save = (event: FormEvent) => {
    event.preventDefault();
    void run(() => acts.rename(title.trim()), onClose);
  };
  return (
    <Dialog
      title={say.rename}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{shell.cancel}</Button>
          <Button kind="main" type="submit" form={form} disabled={busy || !title.trim()}>
            {shell.save}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={save} className="grid gap-3">
        <Field
          label={say.renameTitle}
          value={title}
          maxLength={200}
          dir="auto"
          onChange={(event) => setTitle(event.target.value)}
        />
        <ActionError error={error} />
      </form>
    </Dialog>
  );
}

/** Dialog to confirm deleting a plan; it leads to the others. */
export function EraseDialog({ plan, onClose }: Props) {
  const { shell } = useStrings();
  const say = useSketchStrings();
  const acts = usePlanActs(plan.id);
  const { busy, error, run } = useAction();
  const erase = () => {
    void run(acts.erase, () => {
      onClose();
      go({ page: "plans", plan: null }, { replace: true });
    });
  };
  return (
    <Dialog
      title={say.eraseTitle}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{shell.cancel}</Button>
          <Button kind="danger" disabled={busy} onClick={erase}>
            {say.eraseNow}
          </Button>
        </>
      }
    >
      <p>{say.eraseText}</p>
      <ActionError error={error} />
    </Dialog>
  );
}
