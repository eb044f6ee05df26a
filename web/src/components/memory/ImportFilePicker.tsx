import { type DragEvent, useRef, useState } from "react";
import type { Problem } from "../../core/imports";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Notice } from "../Notice";
import { ProblemText } from "./ProblemText";

interface Props {
  problem: Problem | null;
  onFile: (file: File) => void;
}

/** Asks for a file, chosen or dropped, and lists the formats that can be read. */
export function ImportFilePicker({ problem, onFile }: Props) {
  const say = useStrings();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  };
  return (
    <section className="grid gap-4">
      <div className="grid gap-1">
        <h2 className="font-serif text-xl">{say.memory.bringTitle}</h2>
        <p className="text-soft">{say.memory.bringAbout}</p>
      </div>
      {problem && (
        <Notice failure={problem.why !== "stopped"}>
          <ProblemText problem={problem} />
        </Notice>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is beside the button, which does the same */}
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={`grid justify-items-center gap-3 rounded-2xl border-2 border-dashed px-4 py-9 text-center transition-colors ${over ? "border-accent bg-wash" : "border-line bg-sheet"}`}
      >
        <p className="text-soft max-md:hidden">{say.memory.drop}</p>
        <Button kind="main" icon="bring" onClick={() => input.current?.click()}>
          {say.memory.chooseFile}
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          aria-label={say.memory.chooseFile}
          accept=".zip,.json,.jsonl,.txt,application/zip,application/json"
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = "";
            if (file) onFile(file);
          }}
        />
      </div>
      <Formats />
    </section>
  );
}

function Formats() {
  const say = useStrings();
  return (
    <dl className="grid gap-x-4 gap-y-1.5 text-sm sm:grid-cols-[auto_1fr]">
      {say.memory.formats.map(([name, text]) => (
        <div key={name} className="contents max-sm:block">
          <dt className="font-medium">{name}</dt>
          <dd className="text-soft">{text}</dd>
        </div>
      ))}
    </dl>
  );
}
