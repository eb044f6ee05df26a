import { type KeyboardEvent, useCallback, useRef } from "react";
import { isComposing } from "../../core/keys";
import { useSlash } from "../../hooks/useHistory";
import { useStrings } from "../../hooks/useStrings";
import { IconButton } from "../Button";
import { Icon } from "../Icon";
import { focusRow } from "./rows";

interface Props {
  words: string;
  onChange: (words: string) => void;
}

/** The search field. "/" focuses it, Esc clears it, Arrow Down goes to the list. */
export function SearchField({ words, onChange }: Props) {
  const say = useStrings();
  const field = useRef<HTMLInputElement>(null);
  useSlash(useCallback(() => field.current?.focus(), []));
  const keys = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === "Escape" && words) onChange("");
    else if (event.key === "ArrowDown") focusRow(null, 1);
    else return;
    event.preventDefault();
  };
  return (
    <search className="flex items-center gap-3 rounded-[1.15rem] border border-line bg-sheet p-1.5 ps-4 shadow-sm focus-within:border-accent">
      <Icon name="search" className="size-5 text-soft" />
      <input
        ref={field}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        aria-label={say.past.search}
        aria-keyshortcuts="/"
        placeholder={say.past.placeholder}
        dir="auto"
        maxLength={2000}
        autoComplete="off"
        spellCheck={false}
        value={words}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={keys}
        className="min-h-10 min-w-0 flex-1 bg-transparent text-[1.06rem] text-ellipsis outline-none"
      />
      {words ? (
        <IconButton
          icon="close"
          label={say.past.clear}
          onClick={() => {
            onChange("");
            field.current?.focus();
          }}
        />
      ) : (
        <span
          aria-hidden="true"
          className="me-1.5 rounded-lg border border-line px-2 py-0.5 text-sm text-soft [@media(hover:none)]:hidden"
        >
          /
        </span>
      )}
    </search>
  );
}
