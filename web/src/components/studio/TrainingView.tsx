import type { Project, Run } from "../../core/types";
import { useRuns } from "../../hooks/useRuns";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Link } from "../Link";
import { Section } from "../Page";
import { QueryResult } from "../QueryResult";
import { Mark } from "./Mark";
import { NextStep } from "./NextStep";
import { RunView } from "./RunView";
import { StartRun } from "./StartRun";

/** The training runs of a project: one of them, or all and a new one. */
export function TrainingView({ project, item }: { project: Project; item: string | null }) {
  const { training: words } = useStudioStrings();
  if (item !== null) return <RunView key={item} project={project} id={item} />;
  if (project.test === 0) {
    return (
      <Section title={words.title} about={words.needsTest}>
        <NextStep project={project.id} view="test" />
      </Section>
    );
  }
  return (
    <>
      <StartRun project={project} />
      <RunRows project={project} />
    </>
  );
}

function RunRows({ project }: { project: Project }) {
  const { training: words } = useStudioStrings();
  const query = useRuns(project.id);
  return (
    <section className="grid gap-3">
      <h2 className="font-serif text-xl">{words.runs}</h2>
      <QueryResult query={query} isEmpty={({ runs }) => runs.length === 0} empty={words.none}>
        {({ runs }) => (
          <ul className="grid rounded-2xl border border-line bg-sheet">
            {runs.map((run) => (
              <RunRow key={run.id} project={project.id} run={run} />
            ))}
          </ul>
        )}
      </QueryResult>
    </section>
  );
}

function RunRow({ project, run }: { project: string; run: Run }) {
  const { dates } = useSpeech();
  const { training: words } = useStudioStrings();
  const facts = [
    run.base,
    words.begun(dates.when(run.created_at)),
    run.all_steps > 0 && words.progress(dates.number(run.step), dates.number(run.all_steps)),
  ].filter(Boolean);
  return (
    <li className="border-line not-first:border-t">
      <Link
        to={{ page: "studio", project, view: "training", item: run.id }}
        className="grid gap-0.5 rounded-2xl px-4 py-3.5 -outline-offset-2 hover:bg-wash sm:px-5"
      >
        <span className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium wrap-anywhere">{run.suffix || run.base}</span>
          <Mark danger={run.status === "failed"}>{words.statuses[run.status]}</Mark>
        </span>
        <span className="text-sm wrap-anywhere text-soft">{facts.join(" · ")}</span>
      </Link>
    </li>
  );
}
