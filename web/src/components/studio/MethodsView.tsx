import { useState } from "react";
import { lastFailure, runningOf } from "../../core/studio/comparing";
import type { Project } from "../../core/types";
import { useComparisons } from "../../hooks/useComparisons";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Notice } from "../Notice";
import { Section } from "../Page";
import { QueryResult } from "../QueryResult";
import { Select } from "../Select";
import { ComparisonProgress } from "./ComparisonProgress";
import { ComparisonView } from "./ComparisonView";
import { NextStep } from "./NextStep";
import { StartComparison } from "./StartComparison";

/** The methods compared on the test, and a comparison that runs or starts. */
export function MethodsView({ project }: { project: Project }) {
  const { dates } = useSpeech();
  const { methods: words } = useStudioStrings();
  const query = useComparisons(project.id);
  const [chosen, setChosen] = useState("");
  if (project.test === 0) {
    return (
      <Section title={words.startTitle} about={words.noTest}>
        <NextStep project={project.id} view="test" />
      </Section>
    );
  }
  return (
    <QueryResult query={query}>
      {({ comparisons, jobs }) => {
        const running = runningOf(jobs);
        const failure = lastFailure(jobs);
        const shown = comparisons.find(({ id }) => id === chosen) ?? comparisons[0];
        return (
          <>
            {running && <ComparisonProgress project={project.id} job={running} />}
            {!running && failure && <Notice>{failure}</Notice>}
            {!running && !shown && <StartComparison project={project.id} again={false} />}
            {comparisons.length > 1 && shown && (
              <Select
                label={words.result}
                value={shown.id}
                options={comparisons.map(({ id, at }) => ({ value: id, label: dates.moment(at) }))}
                onChange={setChosen}
                className="sm:max-w-80"
              />
            )}
            {shown && <ComparisonView key={shown.id} project={project} comparison={shown} />}
            {!running && shown && <StartComparison project={project.id} again />}
          </>
        );
      }}
    </QueryResult>
  );
}
