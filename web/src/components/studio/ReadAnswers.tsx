import { answeredBy } from "../../core/studio/comparing";
import type { MadeModel, Project } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useAnswers, useComparisons } from "../../hooks/useComparisons";
import { useReleaseActs } from "../../hooks/useReleases";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { ActionError, QueryResult } from "../QueryResult";
import { AnswerList } from "./AnswerList";

const SHOWN = 10;

/** Answers of a model to the test, for a person to read and to say so. */
export function ReadAnswers({ project, model }: { project: Project; model: MadeModel }) {
  const { data } = useComparisons(project.id);
  const answered = answeredBy(data?.comparisons ?? [], model);
  if (!answered) return null;
  return <Answers project={project} model={model} {...answered} />;
}

interface Props {
  project: Project;
  model: MadeModel;
  comparison: string;
  method: string;
}

function Answers({ project, model, comparison, method }: Props) {
  const { dates } = useSpeech();
  const { releases: words } = useStudioStrings();
  const acts = useReleaseActs(project.id);
  const { busy, error, run } = useAction();
  const query = useAnswers(project.id, comparison, method);
  return (
    <details>
      <summary className="font-medium">{words.readTitle}</summary>
      <div className="mt-3 grid gap-3">
        <p className="text-sm text-soft">{words.readAbout}</p>
        <QueryResult query={query}>
          {({ answers }) => {
            const shown = answers.slice(0, SHOWN);
            const ids = shown.map((each) => each.example);
            return (
              <>
                <AnswerList project={project} answers={shown} />
                <Button
                  className="justify-self-start"
                  disabled={busy || ids.length === 0}
                  onClick={() => void run(() => acts.read(model.name, ids))}
                >
                  {words.haveRead(dates.number(ids.length))}
                </Button>
              </>
            );
          }}
        </QueryResult>
        <ActionError error={error} />
      </div>
    </details>
  );
}
