import {
  EXTRAS,
  type ExtraRoom,
  LEAST_TOTAL,
  MOST_TOTAL,
  type PlanForm,
  SIDES,
  totalOf,
} from "../../core/plan-brief";
import type { PlanSide } from "../../core/plan-walls";
import { useSketchStrings } from "../../hooks/useSketchStrings";
import { Choice } from "../Choice";
import { Field } from "../Field";
import { Select } from "../Select";

interface Props {
  form: PlanForm;
  onChange: (form: PlanForm) => void;
}

const counts = (least: number, most: number) =>
  Array.from({ length: most - least + 1 }, (_, index) => {
    const value = String(least + index);
    return { value, label: value };
  });

/** The form that a plan can be begun with. */
export function PlanFields({ form, onChange }: Props) {
  const say = useSketchStrings();
  const set = (changed: Partial<PlanForm>) => onChange({ ...form, ...changed });
  const sides = SIDES.map((side) => ({ value: side as PlanSide | "", label: say.sides[side] }));
  const anywhere = { value: "" as const, label: say.anywhere };
  return (
    <div className="grid gap-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label={say.total}
          hint={say.totalHint}
          inputMode="decimal"
          value={form.total}
          error={Number.isNaN(totalOf(form.total)) ? say.totalWrong(LEAST_TOTAL, MOST_TOTAL) : null}
          onChange={(event) => set({ total: event.target.value })}
        />
        <div className="grid grid-cols-3 items-start gap-3">
          <Count
            label={say.bedrooms}
            value={form.bedrooms}
            to={8}
            onChange={(bedrooms) => set({ bedrooms })}
          />
          <Count label={say.baths} value={form.baths} to={4} onChange={(baths) => set({ baths })} />
          <Count
            label={say.storeys}
            value={form.storeys}
            to={2}
            onChange={(storeys) => set({ storeys: storeys === 2 ? 2 : 1 })}
          />
        </div>
        <Select
          label={say.garden}
          value={form.garden}
          options={[anywhere, ...sides]}
          onChange={(garden) => set({ garden })}
        />
        <Select
          label={say.entrance}
          value={form.entrance}
          options={[anywhere, ...sides]}
          onChange={(entrance) => set({ entrance })}
        />
      </div>
      <Choice
        label={say.shape}
        value={form.shape}
        options={(["rectangle", "L"] as const).map((value) => ({
          value,
          label: say.shapes[value],
        }))}
        onChange={(shape) => set({ shape })}
      />
      <fieldset className="grid gap-1 border-0 p-0 sm:grid-cols-2">
        <legend className="mb-1 text-sm text-soft">{say.more}</legend>
        {EXTRAS.map((kind) => (
          <Tick
            key={kind}
            label={say.extras[kind]}
            checked={form.extras.includes(kind)}
            onChange={(wanted) => set({ extras: withExtra(form.extras, kind, wanted) })}
          />
        ))}
        <Tick
          label={say.accessible}
          checked={form.accessible}
          onChange={(accessible) => set({ accessible })}
        />
      </fieldset>
    </div>
  );
}

function withExtra(extras: ExtraRoom[], kind: ExtraRoom, wanted: boolean): ExtraRoom[] {
  return EXTRAS.filter((one) => (one === kind ? wanted : extras.includes(one)));
}

interface CountProps {
  label: string;
  value: number;
  to: number;
  onChange: (count: number) => void;
}

function Count({ label, value, to, onChange }: CountProps) {
  return (
    <Select
      label={label}
      value={String(value)}
      options={counts(1, to)}
      onChange={(count) => onChange(Number(count))}
    />
  );
}

interface TickProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

function Tick({ label, checked, onChange }: TickProps) {
  return (
    <label className="flex min-h-10 items-center gap-3">
      <input
        type="checkbox"
        className="size-4.5 shrink-0 accent-accent"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}
