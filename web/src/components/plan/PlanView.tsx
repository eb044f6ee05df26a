import { usePlan } from "../../hooks/usePlans";
import { SketchStringsContext, useLoadedSketchStrings } from "../../hooks/useSketchStrings";
import { Waiting } from "../Page";
import { QueryResult } from "../QueryResult";
import { OpenedPlan } from "./OpenedPlan";

/** A plan, beside a talk or alone: its drawing, its rooms, and what changes it. */
export function PlanView({ id }: { id: string }) {
  const say = useLoadedSketchStrings();
  const query = usePlan(id);
  if (!say) return <Waiting />;
  return (
    <SketchStringsContext value={say}>
      <QueryResult query={query}>{(plan) => <OpenedPlan plan={plan} key={plan.id} />}</QueryResult>
    </SketchStringsContext>
  );
}
