import type { Run, RunPlan } from "../../core/types";
import { useFigures } from "../../hooks/useFigures";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Section } from "../Page";

const CELL = "border-t border-line py-2 pe-4 text-start font-normal";

/** What was estimated before the run, and what it took. */
export function RunTruth({ run, plan }: { run: Run; plan: RunPlan }) {
  const { dates } = useSpeech();
  const figures = useFigures();
  const { training: words } = useStudioStrings();
  const memory = run.memory_bytes === null ? "" : dates.bytes(run.memory_bytes);
  const rows = [
    [words.time, figures.seconds(plan.estimated_seconds), figures.seconds(run.seconds)],
    [words.memory, dates.bytes(plan.estimated_memory_bytes), memory],
  ] as const;
  return (
    <Section title={words.truth}>
      <table className="w-full tabular-nums sm:max-w-lg">
        <thead>
          <tr className="text-sm text-soft">
            <td />
            <th scope="col" className="pb-1.5 text-start font-normal">
              {words.estimated}
            </th>
            <th scope="col" className="pb-1.5 text-start font-normal">
              {words.measured}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, estimated, measured]) => (
            <tr key={name}>
              <th scope="row" className={CELL}>
                {name}
              </th>
              <td className={CELL}>{estimated}</td>
              <td className={CELL}>{measured}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
