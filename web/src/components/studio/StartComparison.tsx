import { type FormEvent, useState } from "react";
import { type AskedMethod, METHOD_KINDS, promptModels } from "../../core/studio/comparing";
import { useAction } from "../../hooks/useAction";
import { useComparisonActs } from "../../hooks/useComparisons";
import { useModels } from "../../hooks/useModels";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";
import { Select } from "../Select";

/** Starts a comparison: which model answers prompts, and which methods are tried. */
export function StartComparison({ project, again }: { project: string; again: boolean }) {
  const { methods: words } = useStudioStrings();
  const acts = useComparisonActs(project);
  const models = useModels();
  const { busy, error, run } = useAction();
  const [model, setModel] = useState("");
  const [asked, setAsked] = useState<readonly AskedMethod[]>([]);
  const start = (event: FormEvent) => {
    event.preventDefault();
    void run(() =>
      acts.start(
        model,
        METHOD_KINDS.filter((each) => asked.includes(each)),
      ),
    );
  };
  const tick = (kind: AskedMethod, on: boolean) =>
    setAsked(on ? [...asked, kind] : asked.filter((each) => each !== kind));
  return (
    <Section title={again ? words.startAgain : words.startTitle} about={words.startAbout}>
      <form onSubmit={start} className="grid gap-4">
        <Select
          label={words.model}
          value={model}
          empty={words.usual}
          options={promptModels(models.data?.models ?? []).map(({ name }) => {
            return { value: name, label: name };
          })}
          onChange={setModel}
          className="sm:max-w-80"
        />
        <fieldset className="grid gap-2">
          <legend className="mb-1 text-sm text-soft">{words.which}</legend>
          {METHOD_KINDS.map((kind) => (
            <label key={kind} className="flex items-start gap-2.5">
              <input
                type="checkbox"
                checked={asked.includes(kind)}
                onChange={(event) => tick(kind, event.target.checked)}
                className="mt-1.5 size-4 shrink-0 accent-accent"
              />
              <span className="grid">
                {words.kinds[kind]}
                <span className="text-sm text-soft">{words.kindAbout[kind]}</span>
              </span>
            </label>
          ))}
          <p className="text-sm text-soft">{words.whichHint}</p>
        </fieldset>
        <Button kind="main" type="submit" className="justify-self-start" disabled={busy}>
          {again ? words.startAgain : words.start}
        </Button>
        <ActionError error={error} />
      </form>
    </Section>
  );
}
