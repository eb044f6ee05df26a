import { plain } from "../../core/markdown";
import type { Fact } from "../../core/types";
import { useStrings } from "../../hooks/useStrings";
import { FactMeta } from "./FactMeta";
import { FactLink } from "./FactRow";

/** The history of a fact: what it replaced and what replaced it, oldest first. */
export function FactHistory({ facts, shown }: { facts: readonly Fact[]; shown: string }) {
  const say = useStrings();
  return (
    <ol className="grid">
      {facts.map((fact) => {
        const isShown = fact.id === shown;
        const text = (
          <span dir="auto" className="wrap-anywhere">
            {plain(fact.text)}
          </span>
        );
        return (
          <li
            key={fact.id}
            aria-current={isShown ? "true" : undefined}
            className="relative pb-5 ps-7 before:absolute before:start-[0.31rem] before:top-3 before:-bottom-3 before:w-px before:bg-line last:pb-0 last:before:hidden"
          >
            <span
              aria-hidden="true"
              className={`absolute start-0 top-2 size-3 rounded-full border-2 ${isShown ? "border-accent bg-accent" : "border-soft bg-sheet"}`}
            />
            {isShown ? (
              <p className="font-serif text-lg/7">{text}</p>
            ) : (
              <FactLink fact={fact}>{text}</FactLink>
            )}
            <FactMeta fact={fact} state />
            {isShown && <span className="sr-only">{say.memory.historyNow}</span>}
          </li>
        );
      })}
    </ol>
  );
}
