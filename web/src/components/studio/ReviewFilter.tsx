import type { Project } from "../../core/types";
import type { ExampleFilter } from "../../hooks/useExamples";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Field } from "../Field";
import { Select } from "../Select";

interface Props {
  project: Project;
  filter: ExampleFilter;
  onFilter: (filter: ExampleFilter) => void;
}

const ONLY = ["all", "train", "test", "left out"] as const;
const WITH_WAITING = ["all", "waiting", ...ONLY.slice(1)] as const;

/** What the list of examples shows. */
export function ReviewFilter({ project, filter, onFilter }: Props) {
  const { examples: words } = useStudioStrings();
  const shown = project.waiting > 0 ? WITH_WAITING : ONLY;
  const change = (some: Partial<ExampleFilter>) => onFilter({ ...filter, ...some });
  return (
    <search className="grid items-end gap-3 sm:grid-cols-[minmax(0,1fr)_auto_auto]">
      <Field
        label={words.search}
        value={filter.words}
        dir="auto"
        maxLength={200}
        autoComplete="off"
        onChange={(event) => change({ words: event.target.value })}
      />
      <Select
        label={words.filter}
        value={filter.only}
        options={shown.map((value) => ({ value, label: words.filters[value] }))}
        onChange={(only) => change({ only })}
      />
      {project.sources.length > 1 && (
        <Select
          label={words.source}
          value={filter.source}
          empty={words.allSources}
          options={project.sources.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(source) => change({ source })}
          className="sm:max-w-56"
        />
      )}
    </search>
  );
}
