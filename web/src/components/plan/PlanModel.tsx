import { type PlanLook, pictureOf } from "../../core/plan";
import type { SketchPlan } from "../../core/types";
import { useSketchStrings } from "../../hooks/useSketchStrings";
import { PlanPicture } from "./PlanPicture";

/** The axonometric view of a plan, which is only looked at. */
export function PlanModel({ plan, look }: { plan: SketchPlan; look: PlanLook }) {
  const say = useSketchStrings();
  return (
    <div className="relative min-h-60 overflow-hidden rounded-xl border border-line">
      <PlanPicture src={pictureOf(plan, look)} alt={say.model(plan.title || say.untitled)} />
    </div>
  );
}
