import type { Example, Project } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Mark } from "./Mark";

/** Where an example comes from, and what was decided about it. */
export function ExampleMeta({ project, example }: { project: Project; example: Example }) {
  const { dates } = useSpeech();
  const { examples: words } = useStudioStrings();
  const source = project.sources.find((each) => each.id === example.source);
  const origin = [
    source?.name,
    example.line === null ? "" : words.line(dates.number(example.line)),
    words.trusts[example.trust],
  ].filter(Boolean);
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-soft">
      <span dir="auto" className="wrap-anywhere">
        {origin.join(" · ")}
      </span>
      {example.waiting && <Mark danger>{words.waits}</Mark>}
      {example.in_test && <Mark>{words.inTest}</Mark>}
      {example.decision === "leave out" && <Mark danger>{words.leftOut}</Mark>}
      {example.decision === "keep" && <Mark>{words.kept}</Mark>}
    </p>
  );
}
