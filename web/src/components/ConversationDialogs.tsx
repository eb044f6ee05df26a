import { type FormEvent, useId, useState } from "react";
import { sentenceOf } from "../core/errors";
import type { Conversation } from "../core/types";
import { useConversationActs } from "../hooks/useConversations";
import { useStrings } from "../hooks/useStrings";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field } from "./Field";
import { Notice } from "./Notice";

interface Props {
  conversation: Conversation;
  onClose: () => void;
}

/** Dialog to rename a conversation. */
export function RenameDialog({ conversation, onClose }: Props) {
  const say = useStrings();
  const form = useId();
  const acts = useConversationActs();
  const [title, setTitle] = useState(conversation.title ?? "");
  const [error, setError] = useState<unknown>(null);
  const save = (event: FormEvent) => {
    event.preventDefault();
    acts.rename(conversation.id, title.trim()).then(onClose, setError);
  };
  return (
    <Dialog
      title={say.talk.renameTitle}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say.shell.cancel}</Button>
          <Button kind="main" type="submit" form={form} disabled={!title.trim()}>
            {say.shell.save}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={save}>
        <Field
          label={say.talk.renameTitle}
          value={title}
          maxLength={200}
          dir="auto"
          autoFocus
          onChange={(event) => setTitle(event.target.value)}
          error={error ? sentenceOf(error, say) : null}
        />
      </form>
    </Dialog>
  );
}

/** Dialog to confirm erasing a conversation. */
export function EraseDialog({ conversation, onClose, onErased }: Props & { onErased: () => void }) {
  const say = useStrings();
  const acts = useConversationActs();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const erase = () => {
    setBusy(true);
    acts.erase(conversation.id).then(
      () => {
        onClose();
        onErased();
      },
      (why) => {
        setBusy(false);
        setError(why);
      },
    );
  };
  return (
    <Dialog
      title={say.talk.eraseTitle}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say.shell.cancel}</Button>
          <Button kind="danger" disabled={busy} onClick={erase}>
            {say.talk.eraseNow}
          </Button>
        </>
      }
    >
      <p className="text-soft">{say.talk.eraseText}</p>
      {error !== null && <Notice failure>{sentenceOf(error, say)}</Notice>}
    </Dialog>
  );
}
