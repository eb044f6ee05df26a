import { useState } from "react";
import { examplesOf, type FindingGroup, isCompared } from "../../core/studio/findings";
import type { Project } from "../../core/types";
import { useExamplesById } from "../../hooks/useExamples";
import { useSpeech, useStrings } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Section } from "../Page";
import { FindingView } from "./FindingView";
import { Mark } from "./Mark";

const PAGE = 8;

/** All findings of one kind, some at a time, with their examples. */
export function FindingGroupView({ project, group }: { project: Project; group: FindingGroup }) {
  const { dates } = useSpeech();
  const say = useStrings();
  const { findings: words } = useStudioStrings();
  const [most, setMost] = useState(PAGE);
  const shown = group.findings.slice(0, most);
  const ids = examplesOf(shown).slice(0, 200);
  const { data } = useExamplesById(project.id, ids);
  const hidden = group.findings.length - shown.length;
  return (
    <div id={`found-${group.kind.replaceAll(" ", "-")}`} className="scroll-mt-4">
      <Section title={words.kinds[group.kind]} about={words.about[group.kind]}>
        {group.severity === "error" && (
          <p className="-mt-1">
            <Mark danger>{words.mustSettle}</Mark>
          </p>
        )}
        <ul className="grid gap-4">
          {shown.map((finding, place) => (
            <FindingView
              // biome-ignore lint/suspicious/noArrayIndexKey: findings have no ids, and their order stays
              key={`${finding.kind} ${place}`}
              project={project}
              finding={finding}
              examples={data}
              compared={isCompared(finding.kind)}
            />
          ))}
        </ul>
        {hidden > 0 && (
          <Button className="justify-self-start" onClick={() => setMost(most + PAGE)}>
            {say.shell.loadMore} ({dates.number(hidden)})
          </Button>
        )}
      </Section>
    </div>
  );
}
