import { pastVersions } from "../../core/plan";
import type { SketchPlan } from "../../core/types";
import type { PlanChange } from "../../hooks/usePlans";
import { useSketchStrings } from "../../hooks/useSketchStrings";
import { useSpeech } from "../../hooks/useStrings";
import { Button } from "../Button";

interface Props {
  plan: SketchPlan;
  isBusy: boolean;
  onChange: (change: PlanChange) => void;
}

/** Earlier versions of a plan, folded away, to go back to. */
export function PlanVersions({ plan, isBusy, onChange }: Props) {
  const say = useSketchStrings();
  const { dates } = useSpeech();
  const past = pastVersions(plan);
  if (past.length < 2) return null;
  return (
    <details>
      <summary className="min-h-10 py-2 font-serif text-lg -outline-offset-2">
        {say.versions}
      </summary>
      <ul className="grid max-h-80 gap-1 overflow-y-auto text-sm">
        {past.map((one) => (
          <li key={one.id} className="flex min-h-10 items-center gap-2">
            <span className="min-w-0 flex-1">
              {say.version(one.cause)} <span className="text-soft">{dates.moment(one.at)}</span>
            </span>
            {one.id === plan.newest ? (
              <span className="text-soft">{say.current}</span>
            ) : (
              <Button
                kind="quiet"
                disabled={isBusy}
                aria-label={say.takeBackFrom(dates.moment(one.at))}
                onClick={() => onChange({ to: "choose", version: one.id })}
              >
                {say.takeBack}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
