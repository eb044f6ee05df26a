import { useEffect, useRef, useState } from "react";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { InlineCode } from "./InlineCode";

interface Props {
  label: string;
  /** The secret: a link, a key or a code. */
  text: string;
  note: string;
  warning?: string | null;
  /** The person has saved it; hide it. */
  onDone: () => void;
  onPrint?: (() => void) | undefined;
}

/** A secret that is shown once, with buttons to copy or print it. */
export function OneTimeSecret({ label, text, note, warning, onDone, onPrint }: Props) {
  const say = useStrings();
  const root = useRef<HTMLElement>(null);
  const shown = useRef<HTMLOutputElement>(null);
  const [copied, setCopied] = useState<boolean | null>(null);
  // The button that created it is gone, so the keyboard focus moves here.
  useEffect(() => {
    root.current?.focus({ preventScroll: true });
    root.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // The page may not copy, for instance on an address without TLS.
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
          <InlineCode text={warning} />
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
