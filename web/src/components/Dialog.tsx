import { type ReactNode, useEffect, useId, useRef } from "react";
import { useStrings } from "../hooks/useStrings";
import { IconButton } from "./Button";

interface Props {
  title: string;
  children: ReactNode;
  onClose: () => void;
  /** Buttons at the bottom, the main one last. */
  foot?: ReactNode;
}

/** A modal dialog, based on the native element so that Esc and Tab work. */
export function Dialog({ title, children, onClose, foot }: Props) {
  const say = useStrings();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const opened = dialog.current;
    const before = document.activeElement;
    opened?.showModal();
    // By default the first focusable element gets the focus: the close button.
    opened?.querySelector<HTMLElement>("input[type=text], input:not([type]), textarea")?.focus();
    return () => {
      opened?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === dialog.current && onClose()}
      className="m-auto w-[min(34rem,calc(100vw-2rem))] overflow-hidden rounded-2xl border border-line bg-sheet p-0 text-base text-ink shadow-2xl"
    >
      {/* This scrolls, not the dialog: pressing its bar is not pressing beside it. */}
      <div className="max-h-[85dvh] overflow-y-auto">
        <div className="grid gap-4 p-5">
          <div className="flex items-start gap-3">
            <h2 id={heading} className="flex-1 pt-1.5 font-serif text-xl">
              {title}
            </h2>
            <IconButton icon="close" label={say.shell.close} onClick={onClose} className="-me-2" />
          </div>
          {children}
          {foot && <div className="flex flex-wrap justify-end gap-2 pt-1">{foot}</div>}
        </div>
      </div>
    </dialog>
  );
}
