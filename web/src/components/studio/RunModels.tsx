import type { RunModel } from "../../core/types";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Section } from "../Page";
import { Mark } from "./Mark";

/** The models that a run made, and whether the engine answers as they did. */
export function RunModels({ models }: { models: readonly RunModel[] }) {
  const { training: words } = useStudioStrings();
  return (
    <Section title={words.models}>
      <ul className="grid">
        {models.map(({ name, is_result: isResult, parity }) => (
          <li key={name} className="grid gap-0.5 border-line py-2.5 not-first:border-t">
            <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
              <code className="wrap-anywhere">{name}</code>
              {isResult && <Mark>{words.result}</Mark>}
            </p>
            <p className={`text-sm ${parity && !parity.passed ? "text-danger" : "text-soft"}`}>
              {parity === null
                ? words.notMeasured
                : parity.passed
                  ? words.parityHolds
                  : words.parityFails}
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
