import { useId } from "react";
import type { ExerciseField } from "../../core/types";

interface Props {
  field: ExerciseField;
  value: unknown;
  onSet: (name: string, value: number) => void;
}

/** A number out of a few, as buttons in a row. */
export function ScaleInput({ field, value, onSet }: Props) {
  const id = useId();
  const steps = Array.from({ length: field.max - field.min + 1 }, (_, at) => field.min + at);
  return (
    <fieldset className="grid gap-1.5">
      <legend className="text-sm text-soft">{field.label}</legend>
      <div className="flex flex-wrap gap-2">
        {steps.map((step) => (
          <label
            key={step}
            className="inline-flex min-h-10.5 items-center gap-2 rounded-xl border border-line bg-sheet px-3 has-checked:border-accent"
          >
            <input
              type="radio"
              name={id}
              checked={value === step}
              onChange={() => onSet(field.name, step)}
              className="accent-accent"
            />
            {step}
          </label>
        ))}
      </div>
      {field.hint && <p className="text-sm text-soft">{field.hint}</p>}
    </fieldset>
  );
}
