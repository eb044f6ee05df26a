import { type FormEvent, useState } from "react";
import {
  EMPTY_FORM,
  formOf,
  type GraderForm,
  graderOf,
  isUsable,
  parsedGrader,
} from "../../core/studio/graders";
import { showToast } from "../../core/toast";
import type { Project } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useProjectActs } from "../../hooks/useProjects";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Area } from "../Field";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";
import { GraderFields } from "./GraderFields";

/** How answers are judged: a form for the usual graders, JSON for all. */
export function GraderSection({ project }: { project: Project }) {
  const { test: words } = useStudioStrings();
  const acts = useProjectActs();
  const { busy, error, run } = useAction();
  const known = formOf(project.grader);
  const [form, setForm] = useState<GraderForm | null>(known);
  const [json, setJson] = useState(JSON.stringify(project.grader, null, 2));
  const written = parsedGrader(json);
  const grader = form ? (isUsable(form) ? graderOf(form) : null) : written;
  const choose = (event: FormEvent) => {
    event.preventDefault();
    if (grader === null) return;
    void run(
      () => acts.grade(project.id, grader),
      () => showToast(words.used),
    );
  };
  const toJson = () => {
    if (form && isUsable(form)) setJson(JSON.stringify(graderOf(form), null, 2));
    setForm(null);
  };
  return (
    <Section title={words.graderTitle} about={words.graderAbout}>
      {!project.grader_chosen && <p className="text-sm text-soft">{words.automatic}</p>}
      <form onSubmit={choose} className="grid gap-4">
        <GraderFields
          form={form}
          onForm={setForm}
          onJson={toJson}
          onFields={() => setForm((written && formOf(written)) ?? known ?? EMPTY_FORM)}
        />
        {form === null && (
          <Area
            label={words.json}
            hint={words.jsonHint}
            error={written === null ? words.jsonWrong : null}
            value={json}
            rows={10}
            spellCheck={false}
            onChange={(event) => setJson(event.target.value)}
            className="font-mono text-sm"
          />
        )}
        <ActionError error={error} />
        <Button type="submit" className="justify-self-start" disabled={busy || grader === null}>
          {words.useIt}
        </Button>
      </form>
    </Section>
  );
}
