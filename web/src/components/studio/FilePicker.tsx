import { type DragEvent, useRef, useState } from "react";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";

const ACCEPTED = ".jsonl,.json,.ndjson,.csv,.tsv,.txt,.xlsx,.xls,.ods";

/** Asks for a file of examples, chosen or dropped, and lists the formats. */
export function FilePicker({ onFile }: { onFile: (file: File) => void }) {
  const { examples: words } = useStudioStrings();
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
        className={`grid justify-items-center gap-3 rounded-2xl border-2 border-dashed px-4 py-7 text-center transition-colors ${over ? "border-accent bg-wash" : "border-line"}`}
      >
        <p className="text-soft max-md:hidden">{words.drop}</p>
        <Button kind="main" icon="bring" onClick={() => input.current?.click()}>
          {words.choose}
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          aria-label={words.choose}
          accept={ACCEPTED}
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = "";
            if (file) onFile(file);
          }}
        />
      </div>
      <dl className="grid gap-x-4 gap-y-1.5 text-sm sm:grid-cols-[auto_1fr]">
        {words.formats.map(([name, text]) => (
          <div key={name} className="contents max-sm:block">
            <dt className="font-medium">{name}</dt>
            <dd className="text-soft">{text}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
