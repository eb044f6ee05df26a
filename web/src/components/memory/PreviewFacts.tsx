import { type Terms, wouldWait } from "../../core/imports";
import { plain } from "../../core/markdown";
import type { PreviewFact } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";

interface Props {
  facts: readonly PreviewFact[];
  /** The number of claims in the file; `facts` may hold only the first ones. */
  count: number;
  terms: Terms;
}

/** The facts that an import would add, and whether they'd wait for approval. */
export function PreviewFacts({ facts, count, terms }: Props) {
  const { say, dates } = useSpeech();
  const more = count - facts.length;
  return (
    <div className="grid gap-2">
      <h3 className="font-medium">{say.memory.wouldLearn}</h3>
      {facts.length === 0 && <p className="text-soft">{say.memory.wouldLearnNone}</p>}
      {facts.length > 0 && (
        <ul
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by keys
          tabIndex={0}
          aria-label={say.memory.wouldLearn}
          className="max-h-80 divide-y divide-line overflow-y-auto rounded-xl border border-line"
        >
          {facts.map((fact) => (
            <li key={`${fact.topic} ${fact.trust} ${fact.text}`} className="px-3.5 py-2">
              <p dir="auto" className="font-serif text-lg/7 wrap-anywhere">
                {plain(fact.text)}
              </p>
              <p className="text-sm text-soft">
                {say.memory.topics[fact.topic]} ·{" "}
                {wouldWait(fact, terms) ? say.memory.wouldWait : say.memory.wouldCount}
              </p>
            </li>
          ))}
          {more > 0 && (
            <li className="px-3.5 py-2 text-sm text-soft">
              {say.memory.leftOutMore(dates.number(more))}
            </li>
          )}
        </ul>
      )}
    </div>
  );
}
