import { type ReactNode, useId } from "react";
import { CARE, recallable, TALK, withRecalled, withTopic } from "../../core/experts";
import { plain } from "../../core/markdown";
import { TOPICS } from "../../core/memory";
import type { Expert, ScopeChange } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useExpertActs } from "../../hooks/useExperts";
import { useStrings } from "../../hooks/useStrings";
import { Switch } from "../Field";
import { ActionError } from "../QueryResult";

interface Props {
  expert: Expert;
  experts: readonly Expert[];
}

/** What a specialist may read and learn; each tap is a change. */
export function ExpertScope({ expert, experts }: Props) {
  const say = useStrings();
  const words = say.experts;
  const { change } = useExpertActs();
  const { busy, error, run } = useAction();
  const { name, scope } = expert;
  const set = (wanted: ScopeChange) => void run(() => change(expert, wanted));
  const others = scope.experts.filter((one) => one !== name);
  return (
    <div className="grid gap-4" aria-busy={busy}>
      {name === CARE && <p className="border-s-2 border-accent ps-3">{words.careStays}</p>}
      {name !== TALK && (
        <Switch
          label={words.on(words.name(name))}
          checked={scope.enabled}
          onChange={(enabled) => set({ enabled })}
        />
      )}
      <Switch
        label={words.learns}
        hint={name === CARE ? words.learnsCareHint : words.learnsHint}
        checked={scope.learns}
        onChange={(learns) => set({ learns })}
      />
      <Choices
        title={words.recalls}
        sum={others.map(words.name).join(" · ") || words.readsNothing}
        note={words.recallsItself}
      >
        {recallable(experts, expert).map((other) => (
          <Tick
            key={other}
            label={words.name(other)}
            checked={scope.experts.includes(other)}
            onChange={(recalls) => set(withRecalled(expert, other, recalls))}
          />
        ))}
      </Choices>
      <Choices title={words.reads} sum={sumOf(expert, words)}>
        {TOPICS.map((topic) => (
          <Tick
            key={topic}
            label={say.memory.topics[topic]}
            checked={scope.topics?.includes(topic) ?? true}
            onChange={(reads) => set(withTopic(expert, topic, reads))}
          />
        ))}
      </Choices>
      <Made expert={expert} />
      <ActionError error={error} />
    </div>
  );
}

type Words = ReturnType<typeof useStrings>["experts"];

function sumOf({ scope }: Expert, words: Words): string {
  if (!scope.topics) return words.everything;
  return scope.topics.length ? words.some(scope.topics.length) : words.readsNothing;
}

interface ChoicesProps {
  title: string;
  /** What is chosen, in a few words. */
  sum: string;
  note?: string;
  children: ReactNode;
}

/** Checkboxes that are folded away below what they come to. */
function Choices({ title, sum, note, children }: ChoicesProps) {
  return (
    <details>
      <summary className="flex min-h-10 flex-wrap items-center gap-x-3 rounded-xl -outline-offset-2">
        <span className="flex-1">{title}</span>
        <span className="border-b border-dotted border-soft text-soft">{sum}</span>
      </summary>
      {note && <p className="pb-2 text-sm text-soft">{note}</p>}
      <div className="grid gap-1 pb-2 sm:grid-cols-2">{children}</div>
    </details>
  );
}

function Tick({
  label,
  checked,
  onChange,
}: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <label htmlFor={id} className="flex min-h-10 items-center gap-3">
      <input
        id={id}
        type="checkbox"
        className="size-4.5 accent-accent"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}

function Made({ expert }: { expert: Expert }) {
  const words = useStrings().experts;
  if (!expert.artifacts.length) return null;
  return (
    <p className="text-sm text-soft">
      {words.made}:{" "}
      {expert.artifacts.map((one) => plain(one.title) || words.untitled[one.type]).join(" · ")}
    </p>
  );
}
