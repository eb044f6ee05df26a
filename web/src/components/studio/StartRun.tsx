import { type FormEvent, useState } from "react";
import { promptModels } from "../../core/studio/comparing";
import { typedCount } from "../../core/studio/runs";
import type { Project } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useDebounced } from "../../hooks/useDebounced";
import { useModels } from "../../hooks/useModels";
import { go } from "../../hooks/useRoute";
import { type TuneOptions, useRunActs, useRunPlan } from "../../hooks/useRuns";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Choice } from "../Choice";
import { Field } from "../Field";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";
import { Select } from "../Select";
import { CountField } from "./CountField";
import { NextStep } from "./NextStep";
import { RunEstimate } from "./RunEstimate";

/** Starts a run of training, after saying what it will take. */
export function StartRun({ project }: { project: Project }) {
  const { training: words } = useStudioStrings();
  const acts = useRunActs(project.id);
  const { busy, error, run } = useAction();
  const models = promptModels(useModels().data?.models ?? []);
  const bases = models.filter((each) => each.origin === "pack");
  const [base, setBase] = useState("");
  const [suffix, setSuffix] = useState("");
  const [epochs, setEpochs] = useState("");
  const [batch, setBatch] = useState("");
  const [method, setMethod] = useState<TuneOptions["method"]>("supervised");
  const counts = { epochs: typedCount(epochs), batch_size: typedCount(batch) };
  const isUsable = counts.epochs !== undefined && counts.batch_size !== undefined;
  const options: TuneOptions = {
    base,
    suffix: suffix.trim(),
    epochs: counts.epochs ?? null,
    batch_size: counts.batch_size ?? null,
    method,
  };
  const settled = useDebounced(JSON.stringify({ ...options, suffix: "" }));
  const plan = useRunPlan(project.id, JSON.parse(settled) as TuneOptions, isUsable);
  const start = (event: FormEvent) => {
    event.preventDefault();
    void run(
      () => acts.start(options),
      ({ id }) => go({ page: "studio", project: project.id, view: "training", item: id }),
    );
  };
  return (
    <Section title={words.title} about={words.about}>
      <form onSubmit={start} className="grid gap-4">
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <Select
            label={words.base}
            value={base}
            empty={words.usualBase}
            options={bases.map(({ name }) => ({ value: name, label: name }))}
            onChange={setBase}
          />
          <Field
            label={words.suffix}
            hint={words.suffixHint}
            value={suffix}
            maxLength={18}
            autoComplete="off"
            onChange={(event) => setSuffix(event.target.value)}
          />
        </div>
        <Choice
          label={words.method}
          value={method}
          options={[
            { value: "supervised", label: words.methods.supervised },
            { value: "dpo", label: words.methods.dpo },
          ]}
          onChange={setMethod}
        />
        {method === "dpo" && (
          <div>
            <p className="text-sm text-soft">{words.preferencesAbout}</p>
            <NextStep project={project.id} view="compare" />
          </div>
        )}
        <details>
          <summary className="text-soft">{words.more}</summary>
          <div className="mt-3 grid items-start gap-4 sm:grid-cols-2">
            <CountField label={words.epochs} typed={epochs} onChange={setEpochs} />
            <CountField label={words.batchSize} typed={batch} onChange={setBatch} />
          </div>
        </details>
        <RunEstimate plan={plan.data} error={plan.error} />
        <ActionError error={error} />
        <Button
          kind="main"
          type="submit"
          className="justify-self-start"
          disabled={busy || !isUsable || plan.error !== null}
        >
          {words.startNow}
        </Button>
      </form>
    </Section>
  );
}
