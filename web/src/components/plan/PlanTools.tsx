import { useState } from "react";
import { canUndo, PLAN_FILES, PLAN_VIEWS, type PlanLook, planFileOf } from "../../core/plan";
import type { SketchPlan } from "../../core/types";
import type { PlanChange } from "../../hooks/usePlans";
import { useSketchStrings } from "../../hooks/useSketchStrings";
import { IconButton } from "../Button";
import { Menu } from "../Menu";
import { Segments } from "../Segments";
import { EraseDialog, RenameDialog } from "./PlanDialogs";

interface Props {
  plan: SketchPlan;
  look: PlanLook;
  onLook: (look: PlanLook) => void;
  isBusy: boolean;
  onChange: (change: PlanChange) => void;
}

/** What stands above a drawing: how it's looked at, undo, files, its name. */
export function PlanTools({ plan, look, onLook, isBusy, onChange }: Props) {
  const say = useSketchStrings();
  const [dialog, setDialog] = useState<"rename" | "erase" | null>(null);
  const close = () => setDialog(null);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Segments
        label={say.view}
        value={look.view}
        options={PLAN_VIEWS.map((view) => ({ value: view, label: say.views[view] }))}
        onChange={(view) => onLook({ ...look, view })}
      />
      {plan.drawings.length > 1 && look.view === "plan" && (
        <Segments
          label={say.storey}
          value={String(look.storey)}
          options={plan.drawings.map((one) => ({ value: String(one.storey), label: one.name }))}
          onChange={(storey) => onLook({ ...look, storey: Number(storey) })}
        />
      )}
      <span className="hidden flex-1 @min-[30rem]:block" />
      <IconButton
        icon="undo"
        label={say.undo}
        disabled={isBusy || !canUndo(plan)}
        onClick={() => onChange({ to: "undo" })}
      />
      <Menu
        label={say.options}
        items={[
          { label: say.rename, icon: "edit", act: () => setDialog("rename") },
          { label: say.erase, icon: "trash", act: () => setDialog("erase"), danger: true },
        ]}
      />
      <Files plan={plan} />
      {dialog === "rename" && <RenameDialog plan={plan} onClose={close} />}
      {dialog === "erase" && <EraseDialog plan={plan} onClose={close} />}
    </div>
  );
}

function Files({ plan }: { plan: SketchPlan }) {
  const say = useSketchStrings();
  return (
    <ul
      className="flex overflow-hidden rounded-xl border border-line text-sm"
      aria-label={say.download}
    >
      {PLAN_FILES.map((format) => (
        <li key={format} className="border-line not-first:border-s">
          <a
            href={planFileOf(plan, format)}
            download
            aria-label={say.downloadNamed(say.files[format])}
            className="inline-flex min-h-10 items-center px-3 -outline-offset-2 hover:bg-wash"
          >
            {say.files[format]}
          </a>
        </li>
      ))}
    </ul>
  );
}
