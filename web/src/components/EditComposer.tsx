import { ComposerPrimitive, MessagePrimitive } from "@assistant-ui/react";
import { useStrings } from "../hooks/useStrings";

const BUTTON = "inline-flex min-h-10 items-center rounded-xl px-4 font-medium";

/** The person's words while they change them. */
export function EditComposer() {
  const say = useStrings();
  return (
    <MessagePrimitive.Root className="mt-3">
      <ComposerPrimitive.Root className="grid gap-2 rounded-2xl border border-accent bg-sheet p-3">
        <ComposerPrimitive.Input
          aria-label={say.talk.editing}
          dir="auto"
          autoFocus
          maxRows={14}
          className="w-full resize-none bg-transparent text-[1.06rem] leading-relaxed outline-none"
        />
        <div className="flex justify-end gap-2">
          <ComposerPrimitive.Cancel className={`${BUTTON} border border-line hover:bg-wash`}>
            {say.shell.cancel}
          </ComposerPrimitive.Cancel>
          <ComposerPrimitive.Send
            className={`${BUTTON} bg-accent text-on-accent disabled:opacity-50`}
          >
            {say.talk.saveEdit}
          </ComposerPrimitive.Send>
        </div>
      </ComposerPrimitive.Root>
    </MessagePrimitive.Root>
  );
}
