import { type FormEvent, useId, useState } from "react";
import { showToast } from "../../core/toast";
import type { Example } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useExampleActs } from "../../hooks/useExamples";
import { useStrings } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Dialog } from "../Dialog";
import { Area } from "../Field";
import { ActionError } from "../QueryResult";

interface Props {
  project: string;
  example: Example;
  onClose: () => void;
}

/** A dialog to change what an example says. */
export function EditExample({ project, example, onClose }: Props) {
  const { shell } = useStrings();
  const { examples: words } = useStudioStrings();
  const acts = useExampleActs(project);
  const form = useId();
  const { busy, error, run } = useAction();
  const [messages, setMessages] = useState(example.messages);
  const change = (place: number, content: string) =>
    setMessages(messages.map((each, at) => (at === place ? { ...each, content } : each)));
  const isWhole = messages.every((each) => each.content.trim() !== "");
  const save = (event: FormEvent) => {
    event.preventDefault();
    void run(
      () => acts.edit(example.id, messages),
      () => {
        onClose();
        showToast(words.saved);
      },
    );
  };
  return (
    <Dialog
      title={words.editTitle}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{shell.cancel}</Button>
          <Button kind="main" type="submit" form={form} disabled={busy || !isWhole}>
            {shell.save}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={save} className="grid gap-3">
        {messages.map(({ role, content }, place) => (
          <Area
            // biome-ignore lint/suspicious/noArrayIndexKey: messages have no ids, and their order stays
            key={place}
            label={words.roles[role]}
            value={content}
            dir="auto"
            rows={role === "system" ? 2 : 3}
            onChange={(event) => change(place, event.target.value)}
          />
        ))}
        <ActionError error={error} />
      </form>
    </Dialog>
  );
}
