import { useAddFile } from "../../hooks/useAddFile";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { FileDrop } from "../FileDrop";
import { Progress } from "../memory/Progress";
import { Notice } from "../Notice";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";
import { FileOptionsForm } from "./FileOptionsForm";
import { NextStep } from "./NextStep";
import { UnreadLines } from "./UnreadLines";

const ACCEPTED = ".jsonl,.json,.ndjson,.csv,.tsv,.txt,.xlsx,.xls,.ods";

/** Adds the examples of a file, step by step. */
export function AddFile({ project }: { project: string }) {
  const { dates } = useSpeech();
  const { examples: words } = useStudioStrings();
  const { stage, choose, add, restart } = useAddFile(project);
  return (
    <Section title={words.addTitle} about={words.addAbout}>
      {stage.at === "choosing" && (
        <>
          <ActionError error={stage.error} />
          <FileDrop
            hint={words.drop}
            label={words.choose}
            accept={ACCEPTED}
            formats={words.formats}
            onFile={(file) => void choose(file)}
          />
        </>
      )}
      {stage.at === "columns" && <Progress label={words.reading} part={null} />}
      {stage.at === "options" && (
        <FileOptionsForm
          key={`${stage.file.name} ${stage.sheet} ${stage.columns.join()}`}
          stage={stage}
          onSheet={(sheet) => void choose(stage.file, sheet)}
          onAdd={(options) => void add(stage.file, stage.columns, options)}
          onCancel={restart}
        />
      )}
      {stage.at === "sending" && (
        <Progress
          label={stage.part < 1 ? words.sending(stage.file.name) : words.reading}
          part={stage.part < 1 ? stage.part : null}
        />
      )}
      {stage.at === "done" && (
        <>
          <Notice>
            {words.added(dates.number(stage.added.added), dates.number(stage.added.known))}
          </Notice>
          <UnreadLines problems={stage.added.source.problems} />
          <div className="flex flex-wrap gap-2">
            <NextStep project={project} view="examples" part="check" />
            <Button kind="quiet" icon="bring" onClick={restart}>
              {words.another}
            </Button>
          </div>
        </>
      )}
    </Section>
  );
}
