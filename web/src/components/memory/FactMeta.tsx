import type { Dates } from "../../core/dates";
import { plain } from "../../core/markdown";
import { learnerOf, namesNobody } from "../../core/memory";
import type { Fact } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";
import { Icon } from "../Icon";

/** A fact's dates, origin and confirmation. */
export function FactMeta({ fact, state = false }: { fact: Fact; state?: boolean }) {
  const { say, dates } = useSpeech();
  const { learners } = say.memory;
  const learner = learnerOf(fact.learned_by);
  const details = [
    namesNobody(fact) ? say.memory.about(plain(fact.about)) : "",
    spanOf(fact, say.memory, dates),
    learner === "model" ? learners.model(plain(fact.learned_by)) : learners[learner],
  ].filter(Boolean);
  return (
    <p className="text-sm text-soft">
      {state && fact.state !== "current" && (
        <span className="me-2 rounded-md bg-wash px-1.5 py-px text-ink">
          {say.memory.states[fact.state]}
        </span>
      )}
      <span className="wrap-anywhere">{details.join(" · ")}</span>
      {fact.confirmed && (
        <span className="ms-2 inline-flex items-center gap-1 text-accent">
          <Icon name="check" className="size-3.5" />
          {say.memory.confirmed}
        </span>
      )}
    </p>
  );
}

interface Labels {
  since: (day: string) => string;
  until: (day: string) => string;
  saidOn: (day: string) => string;
  dueOn: (day: string) => string;
  span: (began: string, ended: string) => string;
}

function spanOf(fact: Fact, words: Labels, dates: Dates): string {
  if (fact.due !== null) return words.dueOn(dates.day(fact.due));
  const began =
    fact.valid_from === null
      ? words.saidOn(dates.day(fact.said_on))
      : words.since(dates.asKnown(fact.valid_from, fact.valid_from_precision));
  return fact.valid_to === null ? began : words.span(began, words.until(dates.day(fact.valid_to)));
}
