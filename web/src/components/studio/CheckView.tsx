import { examplesOf, type FindingGroup, groupedFindings } from "../../core/studio/findings";
import type { CheckReport, Project } from "../../core/types";
import { useCheck } from "../../hooks/useExamples";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Notice } from "../Notice";
import { Empty } from "../Page";
import { QueryError } from "../QueryResult";
import { FindingGroupView } from "./FindingGroupView";
import { NextStep } from "./NextStep";

/** What a check finds in the examples of a project. */
export function CheckView({ project }: { project: Project }) {
  const { examples: words, findings } = useStudioStrings();
  const query = useCheck(project.id);
  if (project.examples === 0) return <Empty>{words.none}</Empty>;
  if (query.isError) return <QueryError error={query.error} retry={() => void query.refetch()} />;
  if (query.isFetching || !query.data) return <Notice>{findings.running}</Notice>;
  return <Report project={project} report={query.data} again={() => void query.refetch()} />;
}

interface ReportProps {
  project: Project;
  report: CheckReport;
  again: () => void;
}

function Report({ project, report, again }: ReportProps) {
  const { dates } = useSpeech();
  const { general, findings: words } = useStudioStrings();
  const groups = groupedFindings(report);
  const { examples = 0, answers = 0 } = report.counts;
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-soft">
          {words.summary(general.exampleCount(dates.number(examples)), dates.number(answers))}
        </p>
        <Button icon="again" onClick={again}>
          {words.again}
        </Button>
      </div>
      {groups.length === 0 && <Empty>{words.clean}</Empty>}
      {groups.length > 1 && <Summary groups={groups} />}
      {groups.map((group) => (
        <FindingGroupView key={group.kind} project={project} group={group} />
      ))}
      <NextStep project={project.id} view="test" />
    </>
  );
}

function Summary({ groups }: { groups: FindingGroup[] }) {
  const { dates } = useSpeech();
  const { findings: words } = useStudioStrings();
  return (
    <ul className="flex flex-wrap gap-2">
      {groups.map(({ kind, severity, findings }) => (
        <li key={kind}>
          <a
            href={`#found-${kind.replaceAll(" ", "-")}`}
            className={`inline-flex min-h-8 items-center gap-1.5 rounded-full border px-3 text-sm hover:bg-wash ${severity === "error" ? "border-danger text-danger" : "border-line text-soft"}`}
          >
            {words.kinds[kind]}
            <span className="font-medium tabular-nums">
              {dates.number(examplesOf(findings).length || findings.length)}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
