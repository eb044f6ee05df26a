import { AuiIf, ComposerPrimitive } from "@assistant-ui/react";
import { useDraft } from "../hooks/useDraft";
import { useStrings } from "../hooks/useStrings";
import { Icon } from "./Icon";

const ROUND =
  "inline-flex size-10 shrink-0 items-center justify-center rounded-xl transition-colors";

interface Props {
  conversation: string | null;
  isPrivate: boolean;
  isReplying: boolean;
  /** Why the words said last were refused: they come back to be sent again. */
  failure: unknown;
}

/** Where the person's words are written. */
export function Composer({ conversation, isPrivate, isReplying, failure }: Props) {
  const say = useStrings();
  useDraft(conversation, isPrivate, failure);
  return (
    <div>
      <ComposerPrimitive.Root
        className={`flex items-end gap-1 rounded-[1.15rem] border bg-sheet p-1.5 ps-4 shadow-sm focus-within:border-accent ${isPrivate ? "border-dashed border-accent" : "border-line"}`}
      >
        <ComposerPrimitive.Input
          aria-label={say.talk.words}
          placeholder={isPrivate ? say.talk.privatePlaceholder : say.talk.placeholder}
          autoFocus={matchMedia("(hover: hover)").matches}
          dir="auto"
          rows={1}
          maxRows={12}
          enterKeyHint="send"
          className="min-w-0 flex-1 resize-none bg-transparent py-2 text-[1.06rem] leading-6 outline-none"
        />
        <Dictation />
        {isReplying ? (
          <ComposerPrimitive.Cancel
            aria-label={say.talk.stop}
            title={say.talk.stop}
            className={`${ROUND} bg-ink text-paper`}
          >
            <Icon name="stop" />
          </ComposerPrimitive.Cancel>
        ) : (
          <ComposerPrimitive.Send
            aria-label={say.talk.send}
            title={say.talk.send}
            className={`${ROUND} bg-accent text-on-accent disabled:opacity-40`}
          >
            <Icon name="send" />
          </ComposerPrimitive.Send>
        )}
      </ComposerPrimitive.Root>
      <p className="px-4 pt-1.5 text-xs text-soft max-sm:hidden">
        {isPrivate ? say.talk.privateHint : say.talk.hint}
      </p>
    </div>
  );
}

/** Speaking instead of writing, where the browser offers it. */
function Dictation() {
  const say = useStrings();
  const look = `${ROUND} text-soft hover:bg-wash hover:text-ink`;
  return (
    <AuiIf condition={(state) => state.thread.capabilities.dictation}>
      <AuiIf condition={(state) => state.composer.dictation == null}>
        <ComposerPrimitive.Dictate
          aria-label={say.talk.dictate}
          title={say.talk.dictationNote}
          className={look}
        >
          <Icon name="microphone" />
        </ComposerPrimitive.Dictate>
      </AuiIf>
      <AuiIf condition={(state) => state.composer.dictation != null}>
        <ComposerPrimitive.StopDictation
          aria-label={say.talk.stopDictating}
          title={say.talk.stopDictating}
          className={`${look} text-accent`}
        >
          <Icon name="microphone" className="breathe size-5" />
        </ComposerPrimitive.StopDictation>
      </AuiIf>
    </AuiIf>
  );
}
