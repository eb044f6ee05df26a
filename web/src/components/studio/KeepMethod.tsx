import { keepable } from "../../core/studio/releases";
import type { Project } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useComparisons } from "../../hooks/useComparisons";
import { useFigures } from "../../hooks/useFigures";
import { useReleaseActs } from "../../hooks/useReleases";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";

/** Makes the classifier or the prompt of the last comparison a model. */
export function KeepMethod({ project }: { project: Project }) {
  const figures = useFigures();
  const { releases: words } = useStudioStrings();
  const acts = useReleaseActs(project.id);
  const { busy, error, run } = useAction();
  const { data } = useComparisons(project.id);
  const methods = keepable(data?.comparisons[0]);
  if (methods.length === 0) return null;
  return (
    <Section title={words.keepTitle} about={words.keepAbout}>
      <ul className="flex flex-wrap gap-2">
        {methods.map((method) => (
          <li key={method.name}>
            <Button disabled={busy} onClick={() => void run(() => acts.keep(method.name))}>
              {words.keepNamed(figures.method(method))}
            </Button>
          </li>
        ))}
      </ul>
      <ActionError error={error} />
    </Section>
  );
}
