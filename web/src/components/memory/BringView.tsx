import { partRead } from "../../core/bringing";
import type { Bringing } from "../../hooks/useBringing";
import { useLeftOpen } from "../../hooks/useBringing";
import { useSpeech } from "../../hooks/useStrings";
import { Button } from "../Button";
import { BringChoose } from "./BringChoose";
import { BringDone } from "./BringDone";
import { BringReview } from "./BringReview";
import { countsOf } from "./counts";
import { PastImports } from "./PastImports";
import { Progress } from "./Progress";

/** Bringing one's past: a file is looked through, judged, and then written. */
export function BringView({ bringing }: { bringing: Bringing }) {
  useLeftOpen(bringing);
  const { stage } = bringing;
  return (
    <>
      {stage.at === "choosing" && <BringChoose problem={stage.problem} onFile={bringing.look} />}
      {(stage.at === "sending" || stage.at === "reading") && <UnderWay bringing={bringing} />}
      {stage.at === "review" && (
        <BringReview
          key={stage.one.id}
          one={stage.one}
          problem={stage.problem}
          onTake={bringing.take}
          onOther={bringing.restart}
        />
      )}
      {stage.at === "done" && <BringDone one={stage.one} onOther={bringing.restart} />}
      <PastImports
        onForgotten={(id) => stage.at === "done" && stage.one.id === id && bringing.restart()}
      />
    </>
  );
}

function UnderWay({ bringing }: { bringing: Bringing }) {
  const { say } = useSpeech();
  return (
    <section className="grid gap-4 rounded-2xl border border-line bg-sheet p-5">
      <Part bringing={bringing} />
      <Button icon="stop" className="justify-self-start" onClick={bringing.stop}>
        {say.memory.stop}
      </Button>
    </section>
  );
}

function Part({ bringing: { stage } }: { bringing: Bringing }) {
  const { say, dates } = useSpeech();
  if (stage.at === "sending") {
    const { file, part } = stage;
    const done = dates.bytes(file.size * part);
    return (
      <Progress
        label={say.memory.sendingLook(file.name)}
        part={part}
        told={say.memory.sizeOf(done, dates.bytes(file.size))}
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
      told={countsOf(one, say, dates)}
    />
  );
}
