import { byTopic, type Filter, isFiltered } from "../../core/memory";
import type { Fact } from "../../core/types";
import { useDebounced } from "../../hooks/useDebounced";
import { useFacts } from "../../hooks/useMemory";
import { useStrings } from "../../hooks/useStrings";
import { LoadMore, QueryResult } from "../QueryResult";
import { FactFilter } from "./FactFilter";
import { FactRow } from "./FactRow";

interface Props {
  filter: Filter;
  onFilter: (filter: Filter) => void;
}

/** The facts by topic or, for a search, the best matches first. */
export function FactsView({ filter, onFilter }: Props) {
  const say = useStrings();
  const words = useDebounced(filter.words);
  const facts = useFacts({ ...filter, words });
  const hasStates = filter.state === "all";
  return (
    <>
      <FactFilter filter={filter} onChange={onFilter} />
      <div className="grid gap-4" aria-busy={facts.isFetching}>
        <QueryResult
          query={facts}
          isEmpty={(found) => found.length === 0}
          empty={isFiltered(filter) ? say.memory.factsNone : say.memory.factsEmpty}
        >
          {(found) =>
            words.trim() ? (
              <FactList facts={found} state={hasStates} />
            ) : (
              byTopic(found).map((group) => (
                <section
                  key={group.topic}
                  className="grid items-start gap-x-4 gap-y-1.5 max-sm:pt-2 sm:grid-cols-[9.5rem_1fr]"
                >
                  <h2 className="font-serif text-lg/6 sm:pt-3.5">
                    {say.memory.topics[group.topic]}
                  </h2>
                  <FactList facts={group.facts} state={hasStates} />
                </section>
              ))
            )
          }
        </QueryResult>
        <LoadMore {...facts} />
      </div>
    </>
  );
}

function FactList({ facts, state }: { facts: readonly Fact[]; state: boolean }) {
  return (
    <ul className="divide-y divide-line rounded-2xl border border-line bg-sheet">
      {facts.map((fact) => (
        <FactRow key={fact.id} fact={fact} state={state} />
      ))}
    </ul>
  );
}
