import { partRead } from "../../core/imports";
import type { ImportFlow } from "../../hooks/useImport";
import { useLeftOpen } from "../../hooks/useImport";
import { useSpeech } from "../../hooks/useStrings";
import { Button } from "../Button";
import { countsOf } from "./counts";
import { ImportFilePicker } from "./ImportFilePicker";
import { ImportPreview } from "./ImportPreview";
import { ImportSummary } from "./ImportSummary";
import { PastImports } from "./PastImports";
import { Progress } from "./Progress";

/** The import page: choose a file, review what it holds, import it. */
export function ImportView({ flow }: { flow: ImportFlow }) {
  useLeftOpen(flow);
  const { stage } = flow;
  return (
    <>
      {stage.at === "choosing" && <ImportFilePicker problem={stage.problem} onFile={flow.look} />}
      {(stage.at === "sending" || stage.at === "reading") && <UnderWay flow={flow} />}
      {stage.at === "review" && (
        <ImportPreview
          key={stage.one.id}
          one={stage.one}
          problem={stage.problem}
          onTake={flow.take}
          onOther={flow.restart}
        />
      )}
      {stage.at === "done" && <ImportSummary one={stage.one} onOther={flow.restart} />}
      <PastImports
        onForgotten={(id) => stage.at === "done" && stage.one.id === id && flow.restart()}
      />
    </>
  );
}

function UnderWay({ flow }: { flow: ImportFlow }) {
  const { say } = useSpeech();
  return (
    <section className="grid gap-4 rounded-2xl border border-line bg-sheet p-5">
      <Part flow={flow} />
      <Button icon="stop" className="justify-self-start" onClick={flow.stop}>
        {say.memory.stop}
      </Button>
    </section>
  );
}

function Part({ flow: { stage } }: { flow: ImportFlow }) {
  const { say, dates } = useSpeech();
  if (stage.at === "sending") {
    const { file, part } = stage;
    const done = dates.bytes(file.size * part);
    return (
      <Progress
        label={say.memory.sendingLook(file.name)}
        part={part}
        detail={say.memory.sizeOf(done, dates.bytes(file.size))}
      />
    );
  }
  if (stage.at !== "reading") return null;
  const { one } = stage;
  const name = one.name || say.memory.namelessFile;
  return (
    <Progress
      label={one.dry_run ? say.memory.readingLook(name) : say.memory.readingReal(name)}
      part={partRead(one)}
      detail={countsOf(one, say, dates)}
    />
  );
}
