import { type FormEvent, type KeyboardEvent, useEffect, useRef } from "react";
import { isSending, takeFiles } from "../core/attachments";
import { CARE_DRAFT, draftName } from "../core/drafts";
import { isComposing } from "../core/keys";
import { canListen } from "../core/speech";
import type { Attachment } from "../core/types";
import { useChosenFiles } from "../hooks/useChosenFiles";
import { type Dictating, useDictation } from "../hooks/useDictation";
import { useDraft } from "../hooks/useDraft";
import { useStrings } from "../hooks/useStrings";
import { ChooseFiles } from "./ChooseFiles";
import { ChosenFiles } from "./ChosenFiles";
import { GrowingArea } from "./GrowingArea";
import { Icon } from "./Icon";

const ROUND =
  "inline-flex size-10 shrink-0 items-center justify-center rounded-xl transition-colors";

interface Props {
  conversation: string | null;
  isPrivate: boolean;
  /** Whether its draft is kept for this visit only, as in the care space. */
  isCare?: boolean;
  isReplying: boolean;
  /** Why the last message was refused; its text is back in the field. */
  failure: unknown;
  onSay: (words: string, files: readonly Attachment[]) => void;
  onStop: () => void;
}

/** The message field with its buttons. */
export function Composer(props: Props) {
  const { conversation, isPrivate, isCare = false, isReplying, failure, onSay, onStop } = props;
  const say = useStrings();
  const place = conversation ?? (isCare ? CARE_DRAFT : null);
  const [words, setWords] = useDraft(place, isPrivate || isCare, failure);
  const draft = draftName(place, isPrivate || isCare);
  const chosen = useChosenFiles(draft, !isPrivate);
  const ready = chosen.files.filter((one) => one.file !== null);
  const canSend = (words.trim() || ready.length > 0) && !chosen.files.some(isSending);
  const dictating = useDictation(words, setWords);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (matchMedia("(hover: hover)").matches) field.current?.focus();
  }, []);
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (isReplying || !canSend) return;
    dictating.drop();
    setWords("");
    const files = takeFiles(draft);
    onSay(words.trim() || files.map((file) => file.name).join(", "), files);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === "Escape" && isReplying) {
      event.preventDefault(); // it closes nothing besides
      onStop();
    }
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    send();
  };
  return (
    <form onSubmit={send} {...chosen.events}>
      <div
        className={`rounded-[1.15rem] border bg-sheet p-1.5 shadow-sm focus-within:border-accent ${isPrivate ? "border-dashed border-accent" : chosen.isOver ? "border-accent bg-wash" : "border-line"}`}
      >
        <ChosenFiles draft={draft} files={chosen.files} />
        <div className={`flex items-end gap-1 ${isPrivate ? "ps-2.5" : ""}`}>
          {!isPrivate && <ChooseFiles chosen={chosen} />}
          <GrowingArea
            ref={field}
            aria-label={say.talk.words}
            placeholder={isPrivate ? say.talk.privatePlaceholder : say.talk.placeholder}
            enterKeyHint="send"
            value={words}
            onChange={setWords}
            onKeyDown={onKeyDown}
            className="flex-1 py-2 text-[1.06rem] leading-6"
          />
          {canListen() && <Dictation dictating={dictating} />}
          {isReplying ? (
            <button
              type="button"
              aria-label={say.talk.stop}
              title={say.talk.stop}
              className={`${ROUND} bg-ink text-paper`}
              onClick={onStop}
            >
              <Icon name="stop" />
            </button>
          ) : (
            <button
              type="submit"
              aria-label={say.talk.send}
              title={say.talk.send}
              disabled={!canSend}
              className={`${ROUND} bg-accent text-on-accent disabled:opacity-40`}
            >
              <Icon name="send" />
            </button>
          )}
        </div>
      </div>
      <p className="px-4 pt-1.5 text-xs text-soft max-sm:hidden">
        {isPrivate ? say.talk.privateHint : say.talk.hint}
      </p>
    </form>
  );
}

/** The button for dictation, if the browser supports it. */
function Dictation({ dictating }: { dictating: Dictating }) {
  const say = useStrings();
  const { isListening } = dictating;
  return (
    <button
      type="button"
      aria-label={isListening ? say.talk.stopDictating : say.talk.dictate}
      aria-pressed={isListening}
      title={isListening ? say.talk.stopDictating : say.talk.dictationNote}
      className={`${ROUND} hover:bg-wash ${isListening ? "text-accent" : "text-soft hover:text-ink"}`}
      onClick={isListening ? dictating.stop : dictating.begin}
    >
      <Icon name="microphone" className={isListening ? "breathe size-5" : "size-5"} />
    </button>
  );
}
