import { type Filter, isFiltered, NO_FILTER, STATE_FILTERS } from "../../core/memory";
import { useStrings } from "../../hooks/useStrings";
import { Field } from "../Field";
import { Select } from "../Select";
import { TopicSelect } from "./TopicSelect";

interface Props {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

/** The filter of facts: by words, topic and state. */
export function FactFilter({ filter, onChange }: Props) {
  const say = useStrings();
  return (
    <search className="grid grid-cols-2 items-start gap-3 sm:grid-cols-4">
      <Field
        label={say.memory.searchLabel}
        placeholder={say.memory.searchPlaceholder}
        className="col-span-2"
        type="search"
        dir="auto"
        maxLength={200}
        value={filter.words}
        onChange={(event) => onChange({ ...filter, words: event.target.value })}
      />
      <TopicSelect topic={filter.topic} onChange={(topic) => onChange({ ...filter, topic })} />
      <Select
        label={say.memory.stateLabel}
        value={filter.state}
        options={STATE_FILTERS.map((value) => ({ value, label: say.memory.states[value] }))}
        onChange={(state) => onChange({ ...filter, state })}
      />
      {isFiltered(filter) && (
        <button
          type="button"
          className="col-span-full -mt-1 min-h-8 justify-self-start rounded-lg text-sm text-accent underline-offset-2 hover:underline"
          onClick={() => onChange(NO_FILTER)}
        >
          {say.memory.clearFilter}
        </button>
      )}
    </search>
  );
}
