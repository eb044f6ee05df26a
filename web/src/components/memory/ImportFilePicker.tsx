import type { Problem } from "../../core/imports";
import { useStrings } from "../../hooks/useStrings";
import { FileDrop } from "../FileDrop";
import { Notice } from "../Notice";
import { ProblemText } from "./ProblemText";

interface Props {
  problem: Problem | null;
  onFile: (file: File) => void;
}

/** Asks for a file of another product's history, and says what went wrong with the last one. */
export function ImportFilePicker({ problem, onFile }: Props) {
  const say = useStrings();
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
      <FileDrop
        hint={say.memory.drop}
        label={say.memory.chooseFile}
        accept=".zip,.json,.jsonl,.txt,application/zip,application/json"
        formats={say.memory.formats}
        onFile={onFile}
      />
    </section>
  );
}
