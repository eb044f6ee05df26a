import { useState } from "react";
import { actsOf, isOver, partDone, type RunAct } from "../../core/studio/runs";
import type { Run } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useFigures } from "../../hooks/useFigures";
import { useRunActs } from "../../hooks/useRuns";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Progress } from "../memory/Progress";
import { Notice } from "../Notice";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";
import { ConfirmDialog } from "../settings/ConfirmDialog";

/** How far a run is, and ways to pause, resume and cancel it. */
export function RunProgress({ project, run }: { project: string; run: Run }) {
  const { dates } = useSpeech();
  const figures = useFigures();
  const { training: words } = useStudioStrings();
  const acts = useRunActs(project);
  const { busy, error, run: start } = useAction();
  const [cancelling, setCancelling] = useState(false);
  const { status, step, all_steps: all, asked } = run;
  const ask = (act: RunAct) =>
    act === "cancel" ? setCancelling(true) : void start(() => acts.ask(run.id, act));
  const left =
    run.seconds_left === null ? undefined : words.left(figures.seconds(run.seconds_left));
  const why = run.failure?.message ?? run.message;
  return (
    <Section title={run.suffix || run.base} about={words.statuses[status]}>
      {!isOver(run) && (
        <Progress
          label={
            all > 0 ? words.progress(dates.number(step), dates.number(all)) : words.statuses[status]
          }
          part={status === "running" || all > 0 ? partDone(run) : 0}
          detail={left}
        />
      )}
      {why && (
        <Notice failure={status === "failed"}>{words.reason(why, run.failure?.code ?? "")}</Notice>
      )}
      {asked && !isOver(run) && <p role="status">{words.asked[asked]}</p>}
      {actsOf(run).length > 0 && (
        <div className="flex flex-wrap gap-2">
          {actsOf(run).map((act) => (
            <Button
              key={act}
              kind={act === "cancel" ? "quiet" : "plain"}
              disabled={busy}
              onClick={() => ask(act)}
            >
              {words.acts[act]}
            </Button>
          ))}
        </div>
      )}
      <ActionError error={error} />
      {cancelling && (
        <ConfirmDialog
          title={words.cancelTitle}
          text={words.cancelText}
          action={words.acts.cancel}
          act={() => acts.ask(run.id, "cancel")}
          onClose={() => setCancelling(false)}
        />
      )}
    </Section>
  );
}
