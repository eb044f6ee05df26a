import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { isComposing } from "../core/keys";
import { useStrings } from "../hooks/useStrings";
import { Button } from "./Button";
import { GrowingArea } from "./GrowingArea";

interface Props {
  words: string;
  /** How many messages below will be hidden, and whether more than these are. */
  hides: { count: number; andMore: boolean };
  onSend: (words: string) => void;
  onCancel: () => void;
}

/** The form in which the person edits a message. */
export function EditMessage({ words, hides, onSend, onCancel }: Props) {
  const say = useStrings();
  const note = useId();
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
        aria-describedby={hides.count > 0 ? note : undefined}
        value={changed}
        onChange={setChanged}
        onKeyDown={onKeyDown}
        className="text-[1.06rem] leading-relaxed"
      />
      {hides.count > 0 && (
        <p id={note} className="text-sm text-soft">
          {hides.andMore ? say.talk.editHidesAll : say.talk.editHides(hides.count)}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{say.shell.cancel}</Button>
        <Button kind="main" disabled={!changed.trim()} onClick={send}>
          {say.talk.saveEdit}
        </Button>
      </div>
    </div>
  );
}
