import { type FormEvent, useState } from "react";
import { reviewable } from "../../core/studio/blind";
import type { Comparison, Project } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useBlindReviewActs } from "../../hooks/useBlindReview";
import { useFigures } from "../../hooks/useFigures";
import { go } from "../../hooks/useRoute";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Choice } from "../Choice";
import { Field } from "../Field";
import { Notice } from "../Notice";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";
import { Select } from "../Select";
import { NextStep } from "./NextStep";

const USUAL_PAIRS = 12;
const MOST_PAIRS = 200;

interface Props {
  project: Project;
  comparison: Comparison | undefined;
}

/** Chooses two methods of the last comparison to be compared blind. */
export function StartReview({ project, comparison }: Props) {
  const { compare: words } = useStudioStrings();
  const names = reviewable(comparison);
  return (
    <Section title={words.startTitle} about={words.startAbout}>
      {comparison && names.length > 1 ? (
        <Form project={project} comparison={comparison} names={names} />
      ) : (
        <>
          <p>{words.needsTwo}</p>
          <NextStep project={project.id} view="methods" />
        </>
      )}
    </Section>
  );
}

function Form({ project, comparison, names }: Props & { comparison: Comparison; names: string[] }) {
  const figures = useFigures();
  const { compare: words } = useStudioStrings();
  const acts = useBlindReviewActs(project.id);
  const { busy, error, run } = useAction();
  const [first, setFirst] = useState(names[0] ?? "");
  const [second, setSecond] = useState(names[1] ?? "");
  const [typed, setTyped] = useState(String(Math.min(USUAL_PAIRS, project.test)));
  const [where, setWhere] = useState<"test" | "outside">("test");
  const count = Math.floor(Number(typed)) || 0;
  const options = comparison.methods
    .filter(({ name }) => names.includes(name))
    .map((each) => ({ value: each.name, label: figures.method(each) }));
  const start = (event: FormEvent) => {
    event.preventDefault();
    void run(
      () => acts.start(first, second, count, where === "outside"),
      ({ id }) => go({ page: "studio", project: project.id, view: "compare", item: id }),
    );
  };
  const isPossible = first !== second && count >= 1 && count <= MOST_PAIRS;
  return (
    <form onSubmit={start} className="grid gap-4">
      <div className="grid items-start gap-4 sm:grid-cols-[1fr_1fr_8rem]">
        <Select label={words.first} value={first} options={options} onChange={setFirst} />
        <Select label={words.second} value={second} options={options} onChange={setSecond} />
        <Field
          label={words.count}
          type="number"
          inputMode="numeric"
          min={1}
          max={where === "outside" ? MOST_PAIRS : Math.min(MOST_PAIRS, project.test)}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <Choice
        label={words.where}
        value={where}
        options={[
          { value: "test", label: words.wheres.test },
          { value: "outside", label: words.wheres.outside },
        ]}
        onChange={setWhere}
      />
      {where === "outside" && <p className="text-sm text-soft">{words.outsideAbout}</p>}
      {first === second && <p className="text-sm text-danger">{words.same}</p>}
      {busy && where === "outside" && <Notice>{words.collecting}</Notice>}
      <ActionError error={error} />
      <Button
        kind="main"
        type="submit"
        className="justify-self-start"
        disabled={busy || !isPossible}
      >
        {words.start}
      </Button>
    </form>
  );
}
