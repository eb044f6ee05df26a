import { canTry, gateCount } from "../../core/studio/releases";
import type { Gate, GateCondition, MadeModel, Project } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useGate, useReleaseActs } from "../../hooks/useReleases";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Icon } from "../Icon";
import { Notice } from "../Notice";
import { ActionError, QueryResult } from "../QueryResult";
import { ReadAnswers } from "./ReadAnswers";
import { ReleaseForm } from "./ReleaseForm";

/** The conditions of a release with their figures, and the release once all hold. */
export function GateView({ project, model }: { project: Project; model: MadeModel }) {
  const query = useGate(project.id, model.name);
  return (
    <div className="grid gap-4 rounded-xl border border-line bg-paper p-4">
      <QueryResult query={query}>
        {(gate) => <Conditions project={project} model={model} gate={gate} />}
      </QueryResult>
    </div>
  );
}

interface Props {
  project: Project;
  model: MadeModel;
  gate: Gate;
}

function Conditions({ project, model, gate }: Props) {
  const { dates } = useSpeech();
  const { releases: words } = useStudioStrings();
  const acts = useReleaseActs(project.id);
  const { busy, error, run } = useAction();
  const { passed, total } = gateCount(gate);
  const isUnread = gate.conditions.some((each) => each.kind === "reviewed" && !each.passed);
  return (
    <>
      <div className="grid gap-0.5">
        <h3 className="flex flex-wrap items-baseline gap-x-3 font-serif text-lg">
          {words.gateTitle}
          <span className="font-sans text-sm text-soft">
            {words.gateCount(dates.number(passed), dates.number(total))}
          </span>
        </h3>
        <p className="text-sm text-soft">{words.gateAbout}</p>
      </div>
      <ul className="grid gap-3">
        {gate.conditions.map((condition) => (
          <Condition key={condition.kind} condition={condition} />
        ))}
      </ul>
      {canTry(gate) && (
        <Button
          className="justify-self-start"
          disabled={busy}
          onClick={() => void run(() => acts.tryGate(model.name))}
        >
          {words.tryIt}
        </Button>
      )}
      {busy && <Notice>{words.trying}</Notice>}
      <ActionError error={error} />
      {isUnread && <ReadAnswers project={project} model={model} />}
      {gate.passed && <ReleaseForm project={project.id} model={model.name} />}
    </>
  );
}

function Condition({ condition }: { condition: GateCondition }) {
  const { releases: words } = useStudioStrings();
  const { kind, passed, figure } = condition;
  const sentence = words.condition(passed, condition.sentence);
  return (
    <li className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-2.5">
      <Icon
        name={passed ? "check" : "close"}
        className={`mt-0.5 size-5 ${passed ? "text-accent" : "text-danger"}`}
      />
      <div className="grid gap-0.5">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium">{words.conditions[kind]}</span>
          <span className="sr-only">{passed ? words.holds : words.fails}</span>
          <span className="text-sm wrap-anywhere text-soft tabular-nums">
            {words.figure(figure)}
          </span>
        </p>
        {sentence && <p className="text-sm wrap-anywhere text-soft">{sentence}</p>}
      </div>
    </li>
  );
}
