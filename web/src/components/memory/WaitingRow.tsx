import { useId, useState } from "react";
import { CARE } from "../../core/experts";
import { plain } from "../../core/markdown";
import type { Fact } from "../../core/types";
import { useStrings } from "../../hooks/useStrings";
import { FactMeta } from "./FactMeta";
import { FactMenu } from "./FactRow";
import { SourcesOf } from "./Sources";

interface Props {
  fact: Fact;
  chosen: boolean;
  onToggle: () => void;
}

/** A fact that waits for approval: a checkbox and its source. */
export function WaitingRow({ fact, chosen, onToggle }: Props) {
  const say = useStrings();
  const box = useId();
  const [open, setOpen] = useState(false);
  return (
    <li className="flex items-start gap-1 py-2 ps-4 pe-1.5 first:rounded-t-2xl last:rounded-b-2xl has-[input:checked]:bg-wash">
      <input
        id={box}
        type="checkbox"
        className="mt-2.5 me-2 size-4.5 accent-accent"
        checked={chosen}
        onChange={onToggle}
      />
      <div className="min-w-0 flex-1 py-1">
        <label htmlFor={box} dir="auto" className="block font-serif text-lg/7 wrap-anywhere">
          {plain(fact.text)}
        </label>
        {fact.expert === CARE && (
          <p className="text-ink">
            {say.experts.fromCare}. {say.experts.mayKnow}
          </p>
        )}
        {fact.asks && (
          <p className="text-ink">
            {fact.topic === "instruction"
              ? say.talk.asksAlways
              : fact.replaces
                ? say.talk.asksReplace(plain(fact.replaces))
                : say.talk.asksCount}
          </p>
        )}
        <FactMeta fact={fact} />
        <details
          className="mt-1 text-sm"
          open={open}
          onToggle={(event) => setOpen(event.currentTarget.open)}
        >
          <summary className="w-fit border-b border-dotted border-soft text-soft marker:content-none [&::-webkit-details-marker]:hidden">
            {say.memory.whereFrom}
          </summary>
          {open && (
            <div className="pt-3 pb-1">
              <SourcesOf fact={fact.id} />
            </div>
          )}
        </details>
      </div>
      <FactMenu fact={fact} />
    </li>
  );
}
