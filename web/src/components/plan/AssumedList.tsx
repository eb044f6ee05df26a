import { useId } from "react";
import type { SketchPlan } from "../../core/types";
import { useSketchStrings } from "../../hooks/useSketchStrings";

/** What was filled in where words left something open. */
export function AssumedList({ plan }: { plan: SketchPlan }) {
  const say = useSketchStrings();
  const heading = useId();
  if (!plan.assumed.length) return null;
  return (
    <section aria-labelledby={heading} className="grid gap-2">
      <h2 id={heading} className="font-serif text-lg">
        {say.assumed}
      </h2>
      <ul className="grid gap-1 text-sm text-soft" dir="auto">
        {plan.assumed.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}
