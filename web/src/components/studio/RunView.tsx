import { isOver } from "../../core/studio/runs";
import type { Project, Run } from "../../core/types";
import { useRun } from "../../hooks/useRuns";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Link } from "../Link";
import { Notice } from "../Notice";
import { QueryResult } from "../QueryResult";
import { CheckpointTable } from "./CheckpointTable";
import { NextStep } from "./NextStep";
import { RunCurves } from "./RunCurves";
import { RunModels } from "./RunModels";
import { RunProgress } from "./RunProgress";
import { RunTruth } from "./RunTruth";

/** A run of training: how far it is, its curves, checkpoints and models. */
export function RunView({ project, id }: { project: Project; id: string }) {
  const { training: words } = useStudioStrings();
  const query = useRun(project.id, id);
  return (
    <>
      <Link
        to={{ page: "studio", project: project.id, view: "training", item: null }}
        className="-my-3 justify-self-start rounded-lg px-1 py-1 text-sm text-soft hover:text-ink"
      >
        {words.all}
      </Link>
      <QueryResult query={query}>{(run) => <Whole project={project.id} run={run} />}</QueryResult>
    </>
  );
}

function Whole({ project, run }: { project: string; run: Run }) {
  const { dates } = useSpeech();
  const { training: words } = useStudioStrings();
  return (
    <>
      <RunProgress project={project} run={run} />
      {run.withdrawn > 0 && <Notice failure>{words.withdrawn(dates.number(run.withdrawn))}</Notice>}
      <RunCurves run={run} />
      {run.checkpoints.length > 0 && <CheckpointTable run={run} />}
      {run.plan && run.seconds > 0 && <RunTruth run={run} plan={run.plan} />}
      {run.models.length > 0 && <RunModels models={run.models} />}
      {isOver(run) && run.models.length > 0 && <NextStep project={project} view="methods" />}
    </>
  );
}
