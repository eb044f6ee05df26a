import { useId } from "react";
import { thumbnailOf } from "../../core/plan";
import type { SketchPlan } from "../../core/types";
import type { PlanChange } from "../../hooks/usePlans";
import { useSketchStrings } from "../../hooks/useSketchStrings";
import { PlanPicture } from "./PlanPicture";

interface Props {
  plan: SketchPlan;
  isBusy: boolean;
  onChange: (change: PlanChange) => void;
}

/** The variants that a plan began with, to choose from. */
export function VariantChoice({ plan, isBusy, onChange }: Props) {
  const say = useSketchStrings();
  const heading = useId();
  if (plan.variants.length < 2) return null;
  return (
    <section aria-labelledby={heading} className="grid gap-2">
      <h2 id={heading} className="font-serif text-lg">
        {say.variants}
      </h2>
      <ul className="grid grid-cols-3 gap-2">
        {plan.variants.map((one, index) => (
          <li key={one.version}>
            <button
              type="button"
              disabled={isBusy}
              aria-pressed={one.chosen}
              onClick={() => !one.chosen && onChange({ to: "choose", version: one.version })}
              className="group grid w-full gap-1 text-sm text-soft hover:text-ink aria-pressed:font-medium aria-pressed:text-ink"
            >
              <span className="relative block aspect-square overflow-hidden rounded-xl border border-line group-hover:border-soft group-aria-pressed:border-accent group-aria-pressed:ring-1 group-aria-pressed:ring-accent">
                <PlanPicture src={thumbnailOf(plan.id, one.version)} alt="" />
              </span>
              {say.variant(index + 1)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
