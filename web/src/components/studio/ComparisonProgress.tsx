import type { ComparisonJob } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useComparisonActs } from "../../hooks/useComparisons";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Progress } from "../memory/Progress";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";

/** A comparison that runs, with a way to stop it. */
export function ComparisonProgress({ project, job }: { project: string; job: ComparisonJob }) {
  const { dates } = useSpeech();
  const { methods: words } = useStudioStrings();
  const acts = useComparisonActs(project);
  const { busy, error, run } = useAction();
  const { done, total } = job;
  return (
    <Section title={words.running}>
      <Progress
        label={words.running}
        part={total > 0 ? done / total : null}
        detail={total > 0 ? words.answers(dates.number(done), dates.number(total)) : undefined}
      />
      <Button
        icon="stop"
        className="justify-self-start"
        disabled={busy}
        onClick={() => void run(() => acts.stop(job.id))}
      >
        {words.stop}
      </Button>
      <ActionError error={error} />
    </Section>
  );
}
