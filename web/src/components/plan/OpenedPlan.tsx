import { useState } from "react";
import { boxesOf, frameOf, type PlanLook } from "../../core/plan";
import { moveOf } from "../../core/plan-walls";
import type { SketchPlan } from "../../core/types";
import { usePlanChange } from "../../hooks/usePlans";
import { AssumedList } from "./AssumedList";
import { ChangePlan } from "./ChangePlan";
import { PlanError } from "./PlanError";
import { PlanModel } from "./PlanModel";
import { PlanSheet } from "./PlanSheet";
import { PlanTools } from "./PlanTools";
import { PlanVersions } from "./PlanVersions";
import { RoomTable } from "./RoomTable";
import { VariantChoice } from "./VariantChoice";

/** A plan that is loaded. */
export function OpenedPlan({ plan }: { plan: SketchPlan }) {
  const change = usePlanChange(plan);
  const [look, setLook] = useState<PlanLook>({ view: "plan", storey: 0 });
  const frame = frameOf(plan, look.storey);
  const isBusy = change.isPending;
  return (
    <div className="@container">
      <div className="grid gap-4 p-4 @min-[52rem]:grid-cols-[minmax(0,1fr)_20rem] @min-[52rem]:gap-6">
        <div className="grid content-start gap-3">
          <PlanTools
            plan={plan}
            look={look}
            onLook={setLook}
            isBusy={isBusy}
            onChange={change.mutate}
          />
          {look.view === "plan" && frame ? (
            <PlanSheet
              key={look.storey}
              plan={plan}
              look={look}
              frame={frame}
              boxes={boxesOf(plan, look.storey)}
              isBusy={isBusy}
              onMove={(line, by) => change.mutate({ to: "wall", wall: moveOf(line, by) })}
            />
          ) : (
            <PlanModel plan={plan} look={look} />
          )}
          <PlanError error={change.error} />
        </div>
        <div className="grid content-start gap-5">
          <ChangePlan change={change} />
          <RoomTable plan={plan} />
          <VariantChoice plan={plan} isBusy={isBusy} onChange={change.mutate} />
          <AssumedList plan={plan} />
          <PlanVersions plan={plan} isBusy={isBusy} onChange={change.mutate} />
        </div>
      </div>
    </div>
  );
}
