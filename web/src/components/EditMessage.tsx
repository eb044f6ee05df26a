import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { isComposing } from "../core/keys";
import { useStrings } from "../hooks/useStrings";
import { Button } from "./Button";
import { GrowingArea } from "./GrowingArea";

interface Props {
  words: string;
  onSend: (words: string) => void;
  onCancel: () => void;
}

/** The form in which the person edits a message. */
export function EditMessage({ words, onSend, onCancel }: Props) {
  const say = useStrings();
  const [changed, setChanged] = useState(words);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(words.length, words.length);
  }, [words]);
  const send = () => changed.trim() && onSend(changed.trim());
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === "Escape") onCancel();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };
  return (
    <div className="grid gap-2 rounded-2xl border border-accent bg-sheet p-3">
      <GrowingArea
        ref={field}
        aria-label={say.talk.editing}
        value={changed}
        onChange={setChanged}
        onKeyDown={onKeyDown}
        className="text-[1.06rem] leading-relaxed"
      />
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{say.shell.cancel}</Button>
        <Button kind="main" disabled={!changed.trim()} onClick={send}>
          {say.talk.saveEdit}
        </Button>
      </div>
    </div>
  );
}
