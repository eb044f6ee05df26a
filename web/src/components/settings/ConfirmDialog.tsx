import { type FormEvent, type ReactNode, useId, useState } from "react";
import { isTyped } from "../../core/settings";
import { useAction } from "../../hooks/useAction";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Dialog } from "../Dialog";
import { Field } from "../Field";
import { ActionError } from "../QueryResult";

interface Props {
  title: string;
  text: string;
  /** The label of the button that confirms. */
  action: string;
  /** A name that must be typed to confirm something irreversible. */
  name?: string;
  act: () => Promise<unknown>;
  onClose: () => void;
  onDone?: () => void;
  /** What else is to be filled in. */
  children?: ReactNode;
}

/** A confirmation dialog. */
export function ConfirmDialog(props: Props) {
  const { title, text, action, name, act, onClose, onDone, children } = props;
  const say = useStrings();
  const form = useId();
  const { busy, error, run } = useAction();
  const [typed, setTyped] = useState("");
  const confirm = (event: FormEvent) => {
    event.preventDefault();
    void run(act, () => {
      onClose();
      onDone?.();
    });
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say.shell.cancel}</Button>
          <Button
            kind="danger"
            type="submit"
            form={form}
            disabled={busy || (name !== undefined && !isTyped(typed, name))}
          >
            {action}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={confirm} className="grid gap-4">
        <p className="text-soft">{text}</p>
        {name !== undefined && (
          <Field
            label={say.settings.typeName(name)}
            value={typed}
            dir="auto"
            autoComplete="off"
            autoFocus
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
        {children}
        <ActionError error={error} />
      </form>
    </Dialog>
  );
}
