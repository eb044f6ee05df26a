import type { Project } from "../../core/types";
import { useFigures } from "../../hooks/useFigures";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Section } from "../Page";
import { PowerChart } from "./charts/PowerChart";
import { NextStep } from "./NextStep";

/** The frozen test: its size, what it can show, and its identity. */
export function FrozenTest({ project }: { project: Project }) {
  const { dates } = useSpeech();
  const figures = useFigures();
  const { general, test: words } = useStudioStrings();
  const count = general.exampleCount(dates.number(project.test));
  const rest = dates.number(project.examples - project.test - project.left_out);
  return (
    <Section title={words.frozenTitle} about={words.frozen(count, rest)}>
      {project.detectable !== null && (
        <p className="text-lg">{words.proves(count, figures.points(project.detectable))}</p>
      )}
      <PowerChart size={project.test} />
      <p className="text-sm text-soft">{words.assumption}</p>
      <p className="text-sm text-soft">
        {words.identity} <code className="wrap-anywhere">{project.test_sha256?.slice(0, 16)}</code>
      </p>
      <NextStep project={project.id} view="methods" />
    </Section>
  );
}
