import { type FormEvent, useState } from "react";
import { defaultTestSize, detectable, mostTestSize } from "../../core/studio/power";
import type { Project } from "../../core/types";
import { useFigures } from "../../hooks/useFigures";
import { useProjectActs } from "../../hooks/useProjects";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Choice } from "../Choice";
import { Field } from "../Field";
import { Section } from "../Page";
import { Select } from "../Select";
import { ConfirmDialog } from "../settings/ConfirmDialog";
import { PowerChart } from "./charts/PowerChart";
import { PowerTable } from "./PowerTable";

const LEAST_EXAMPLES = 10;

/** Chooses which examples are put aside as the test. */
export function FreezeForm({ project }: { project: Project }) {
  const { dates } = useSpeech();
  const figures = useFigures();
  const { general, test: words } = useStudioStrings();
  const acts = useProjectActs();
  const usable = project.examples - project.left_out;
  const [typed, setTyped] = useState(String(defaultTestSize(usable)));
  const [how, setHow] = useState<"choose" | "file">("choose");
  const [source, setSource] = useState(project.sources.at(-1)?.id ?? "");
  const [asked, setAsked] = useState(false);
  const file = project.sources.find((each) => each.id === source);
  const size = how === "file" ? (file?.examples ?? 0) : Math.floor(Number(typed)) || 0;
  const most = mostTestSize(usable);
  const isPossible = how === "file" ? size > 0 : size >= 1 && size <= most;
  const difference = detectable(size);
  if (usable < LEAST_EXAMPLES) {
    return (
      <Section title={words.title} about={words.about}>
        <p>{words.notEnough(dates.number(LEAST_EXAMPLES))}</p>
      </Section>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
  };
  const count = general.exampleCount(dates.number(size));
  return (
    <Section title={words.title} about={words.about}>
      <form onSubmit={submit} className="grid gap-4">
        {project.sources.length > 1 && (
          <Choice
            label={words.how}
            value={how}
            options={[
              { value: "choose", label: words.methods.choose },
              { value: "file", label: words.methods.file },
            ]}
            onChange={setHow}
          />
        )}
        {how === "file" ? (
          <Select
            label={words.file}
            value={source}
            options={project.sources.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={setSource}
          />
        ) : (
          <Field
            label={words.size}
            hint={words.sizeHint(dates.number(most))}
            type="number"
            inputMode="numeric"
            min={1}
            max={most}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            className="max-w-52"
          />
        )}
        <p role="status" className="text-lg">
          {difference < 1 ? words.proves(count, figures.points(difference)) : words.provesNothing}
        </p>
        <PowerChart size={size} />
        <PowerTable />
        <p className="text-sm text-soft">
          {words.assumption} {how === "choose" && words.choosing}
        </p>
        <Button kind="main" type="submit" className="justify-self-start" disabled={!isPossible}>
          {words.freeze}
        </Button>
      </form>
      {asked && (
        <ConfirmDialog
          title={words.freezeTitle}
          text={words.freezeText(count)}
          action={words.freeze}
          act={() => acts.freeze(project.id, how === "file" ? { source } : { count: size })}
          onClose={() => setAsked(false)}
        />
      )}
    </Section>
  );
}
