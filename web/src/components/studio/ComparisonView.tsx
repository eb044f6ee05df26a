import { triedOf } from "../../core/studio/comparing";
import type { Comparison, Project } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Notice } from "../Notice";
import { Section } from "../Page";
import { AnswersSection } from "./AnswersSection";
import { CostChart } from "./charts/CostChart";
import { IntervalChart } from "./charts/IntervalChart";
import { MethodTable } from "./MethodTable";
import { VerdictCard } from "./VerdictCard";

interface Props {
  project: Project;
  comparison: Comparison;
}

/** A comparison: the verdict first, then the figures, then the answers. */
export function ComparisonView({ project, comparison }: Props) {
  const { dates } = useSpeech();
  const { general, methods: words } = useStudioStrings();
  const tried = triedOf(comparison);
  const { method: chosen } = comparison.verdict;
  const withdrawn = comparison.withdrawn.length;
  const isOld = project.test_sha256 !== null && comparison.test_sha256 !== project.test_sha256;
  return (
    <>
      <VerdictCard comparison={comparison} />
      {withdrawn > 0 && (
        <Notice>{words.withdrawn(general.exampleCount(dates.number(withdrawn)))}</Notice>
      )}
      {isOld && <Notice>{words.otherTest}</Notice>}
      <Section
        title={words.intervals}
        about={words.on(
          general.exampleCount(dates.number(comparison.test_count)),
          general.exampleCount(dates.number(comparison.train_count)),
        )}
      >
        <IntervalChart methods={tried} chosen={chosen} />
        <MethodTable methods={comparison.methods} chosen={chosen} />
      </Section>
      {tried.length > 1 && (
        <Section title={words.cost} about={words.costAbout}>
          <CostChart methods={tried} chosen={chosen} />
        </Section>
      )}
      {tried.length > 0 && <AnswersSection project={project} comparison={comparison} />}
    </>
  );
}
