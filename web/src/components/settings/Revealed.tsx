import { useEffect, useRef, useState } from "react";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Coded } from "./Coded";

interface Props {
  label: string;
  /** The secret: a link, a key, a code. */
  text: string;
  note: string;
  warning?: string | null;
  /** The person has it: it goes from the page. */
  onDone: () => void;
  onPrint?: (() => void) | undefined;
}

/** A secret, shown this once, with what one does to keep it. */
export function Revealed({ label, text, note, warning, onDone, onPrint }: Props) {
  const say = useStrings();
  const root = useRef<HTMLElement>(null);
  const shown = useRef<HTMLOutputElement>(null);
  const [copied, setCopied] = useState<boolean | null>(null);
  // The button that made it is gone: whoever uses the keyboard goes on from here.
  useEffect(() => {
    root.current?.focus({ preventScroll: true });
    root.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // The page has no right to copy: on an address without TLS, for instance.
      if (shown.current) getSelection()?.selectAllChildren(shown.current);
      setCopied(false);
    }
  };
  return (
    <section
      ref={root}
      tabIndex={-1}
      aria-label={label}
      className="grid scroll-mb-6 gap-3 rounded-xl border border-accent bg-paper p-4 outline-none"
    >
      <h3 className="text-sm text-soft">{label}</h3>
      <output
        ref={shown}
        className="font-mono text-[0.95rem] leading-relaxed wrap-anywhere select-all"
      >
        {text}
      </output>
      <p className="text-sm text-soft">{note}</p>
      {warning && (
        <p className="text-sm">
          <Coded text={warning} />
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button kind="main" icon={copied ? "check" : "copy"} onClick={() => void copy()}>
          {copied ? say.shell.copied : say.shell.copy}
        </Button>
        {onPrint && <Button onClick={onPrint}>{say.settings.account.print}</Button>}
        <Button kind="quiet" onClick={onDone}>
          {say.shell.done}
        </Button>
      </div>
      <p role="status" className="text-sm text-soft empty:hidden">
        {copied === false ? say.settings.copyFailed : ""}
      </p>
    </section>
  );
}
