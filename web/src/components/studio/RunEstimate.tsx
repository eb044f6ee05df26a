import type { RunPlan } from "../../core/types";
import { useFigures } from "../../hooks/useFigures";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Notice } from "../Notice";
import { ActionError } from "../QueryResult";

/** What a run would learn from, and what it would take. */
export function RunEstimate({ plan, error }: { plan: RunPlan | undefined; error: unknown }) {
  const { say, dates } = useSpeech();
  const figures = useFigures();
  const { general, training: words } = useStudioStrings();
  if (error !== null) return <ActionError error={error} />;
  if (!plan) return <p className="text-soft">{say.shell.loading}</p>;
  const count = (value: number) => general.exampleCount(dates.number(value));
  return (
    <div className="grid gap-3">
      <dl
        aria-label={words.estimate}
        className="grid gap-x-6 gap-y-1 rounded-xl border border-line bg-paper p-4 sm:grid-cols-[auto_1fr]"
      >
        <dt className="text-soft">{words.takes}</dt>
        <dd className="font-medium">{words.roughly(figures.seconds(plan.estimated_seconds))}</dd>
        <dt className="text-soft">{words.memory}</dt>
        <dd>{words.roughly(dates.bytes(plan.estimated_memory_bytes))}</dd>
        <dt className="text-soft">{general.views.examples}</dt>
        <dd>{words.plan(count(plan.train_examples), count(plan.validation_examples))}</dd>
        <dt className="text-soft">{words.base}</dt>
        <dd className="wrap-anywhere">
          {plan.base} · {words.passes(dates.number(plan.epochs), dates.number(plan.batch_size))}
        </dd>
      </dl>
      {plan.warnings.map((warning) => (
        <Notice key={warning}>{words.warning(warning)}</Notice>
      ))}
    </div>
  );
}
