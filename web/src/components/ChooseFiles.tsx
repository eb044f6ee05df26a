import { useRef } from "react";
import { ACCEPTED } from "../core/attachments";
import type { FileActs } from "../hooks/useChosenFiles";
import { useStrings } from "../hooks/useStrings";
import { Icon } from "./Icon";

/** The button that asks for files. */
export function ChooseFiles({ chosen }: { chosen: FileActs }) {
  const say = useStrings();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        aria-label={say.talk.attach}
        title={say.talk.attach}
        className="inline-flex size-10 shrink-0 items-center justify-center rounded-xl text-soft transition-colors hover:bg-wash hover:text-ink"
        onClick={() => input.current?.click()}
      >
        <Icon name="clip" className="size-5" />
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        aria-label={say.talk.attach}
        accept={ACCEPTED}
        onChange={(event) => {
          chosen.add(event.target.files);
          event.target.value = "";
        }}
      />
    </>
  );
}
