import type { Example, Finding, Project } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useExampleActs } from "../../hooks/useExamples";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { ActionError } from "../QueryResult";
import { ExampleCard } from "./ExampleCard";

interface Props {
  project: Project;
  finding: Finding;
  /** By id, once they're loaded. */
  examples: ReadonlyMap<string, Example> | undefined;
  /** Whether its examples are to be read side by side. */
  compared: boolean;
}

const MOST = 4;

/** A finding with the examples that it's about; those to be compared stand next to each other. */
export function FindingView({ project, finding, examples, compared }: Props) {
  const { dates } = useSpeech();
  const { findings: words } = useStudioStrings();
  const acts = useExampleActs(project.id);
  const { busy, error, run } = useAction();
  const found = finding.examples.flatMap((id) => examples?.get(id) ?? []);
  const shown = found.slice(0, MOST);
  const more = finding.examples.length - MOST;
  const sentence =
    compared && finding.kind !== "inconsistent value"
      ? ""
      : words.sentenceOf(finding.kind, finding.detail);
  const undecided = found.some((each) => each.decision === null);
  return (
    <li className="grid gap-2">
      {sentence && <p className="text-sm text-soft first-letter:uppercase">{sentence}</p>}
      {shown.length > 0 && (
        <div className={`grid gap-3 ${compared ? "sm:grid-cols-2" : ""}`}>
          {shown.map((example) => (
            <ExampleCard key={example.id} project={project} example={example} />
          ))}
        </div>
      )}
      {more > 0 && <p className="text-sm text-soft">{words.more(dates.number(more))}</p>}
      {finding.severity === "warning" && shown.length > 0 && undecided && (
        <Button
          kind="quiet"
          className="justify-self-start"
          disabled={busy}
          onClick={() => void run(() => acts.decide(finding.examples, "keep"))}
        >
          {words.keepAll}
        </Button>
      )}
      <ActionError error={error} />
    </li>
  );
}
