import { useState } from "react";
import { shownAnswers, triedOf } from "../../core/studio/comparing";
import { confusionOf } from "../../core/studio/confusion";
import type { Comparison, Project } from "../../core/types";
import { useAnswers } from "../../hooks/useComparisons";
import { useFigures } from "../../hooks/useFigures";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Choice } from "../Choice";
import { Section } from "../Page";
import { QueryResult } from "../QueryResult";
import { Select } from "../Select";
import { AnswerList } from "./AnswerList";
import { ConfusionMatrix } from "./ConfusionMatrix";

/** What a method answered, the wrong ones first, and what it confuses. */
export function AnswersSection({
  project,
  comparison,
}: {
  project: Project;
  comparison: Comparison;
}) {
  const figures = useFigures();
  const { methods: words } = useStudioStrings();
  const tried = triedOf(comparison);
  const [method, setMethod] = useState(
    () =>
      (tried.find(({ name }) => name === comparison.verdict.method) ?? tried.at(-1))?.name ?? "",
  );
  const [which, setWhich] = useState<"wrong" | "all">("wrong");
  const query = useAnswers(project.id, comparison.id, method);
  return (
    <Section title={words.answersTitle}>
      <div className="flex flex-wrap items-end gap-x-6 gap-y-3">
        <Select
          label={words.ofMethod}
          value={method}
          options={tried.map((each) => ({ value: each.name, label: figures.method(each) }))}
          onChange={setMethod}
          className="min-w-0 sm:w-72"
        />
        <Choice
          label={words.whichAnswers}
          value={which}
          options={[
            { value: "wrong", label: words.wrong },
            { value: "all", label: words.all },
          ]}
          onChange={setWhich}
        />
      </div>
      <QueryResult query={query}>
        {({ answers }) => {
          const confusion = confusionOf(answers);
          return (
            <>
              <AnswerList
                key={`${method} ${which}`}
                project={project}
                answers={shownAnswers(answers, which)}
              />
              {confusion && <ConfusionMatrix confusion={confusion} />}
            </>
          );
        }}
      </QueryResult>
    </Section>
  );
}
