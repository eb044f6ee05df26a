import { type FormEvent, useId, useState } from "react";
import type { Project } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useProjectActs } from "../../hooks/useProjects";
import { useStrings } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Dialog } from "../Dialog";
import { Field } from "../Field";
import { ActionError } from "../QueryResult";

/** A dialog that renames a project. */
export function RenameDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const { shell } = useStrings();
  const { projects: words } = useStudioStrings();
  const acts = useProjectActs();
  const form = useId();
  const { busy, error, run } = useAction();
  const [name, setName] = useState(project.name);
  const save = (event: FormEvent) => {
    event.preventDefault();
    void run(() => acts.rename(project.id, name.trim()), onClose);
  };
  return (
    <Dialog
      title={words.rename}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{shell.cancel}</Button>
          <Button kind="main" type="submit" form={form} disabled={busy || name.trim() === ""}>
            {shell.save}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={save} className="grid gap-3">
        <Field
          label={words.name}
          value={name}
          dir="auto"
          maxLength={200}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
        />
        <ActionError error={error} />
      </form>
    </Dialog>
  );
}
