import { type DragEvent, useRef, useState } from "react";
import { Button } from "./Button";

interface Props {
  hint: string;
  label: string;
  /** As in the attribute of an input. */
  accept: string;
  /** The formats that can be read, with what they hold. */
  formats: readonly (readonly [name: string, text: string])[];
  onFile: (file: File) => void;
}

/** Asks for a file, chosen or dropped, and lists the formats. */
export function FileDrop({ hint, label, accept, formats, onFile }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is beside the button, which does the same */}
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={`grid justify-items-center gap-3 rounded-2xl border-2 border-dashed px-4 py-8 text-center transition-colors ${over ? "border-accent bg-wash" : "border-line bg-sheet"}`}
      >
        <p className="text-soft max-md:hidden">{hint}</p>
        <Button kind="main" icon="bring" onClick={() => input.current?.click()}>
          {label}
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          aria-label={label}
          accept={accept}
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = "";
            if (file) onFile(file);
          }}
        />
      </div>
      <dl className="grid gap-x-4 gap-y-1.5 text-sm sm:grid-cols-[auto_1fr]">
        {formats.map(([name, text]) => (
          <div key={name} className="contents max-sm:block">
            <dt className="font-medium">{name}</dt>
            <dd className="text-soft">{text}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
