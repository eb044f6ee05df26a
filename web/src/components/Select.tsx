import { type ReactNode, useId } from "react";
import { Icon } from "./Icon";

interface Props<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
  /** The text while nothing is selected. */
  empty?: string;
  /** Whether the label is for screen readers only. */
  quiet?: boolean;
  hint?: ReactNode;
  className?: string;
}

/** A native select element with a label. */
export function Select<T extends string>(props: Props<T>) {
  const { label, value, options, onChange, empty, quiet = false, hint, className = "" } = props;
  const id = useId();
  return (
    <div className={`grid min-w-0 gap-1 text-start ${className}`}>
      <label htmlFor={id} className={quiet ? "sr-only" : "text-sm text-soft"}>
        {label}
      </label>
      <div className="relative min-w-0">
        <select
          id={id}
          value={value}
          onChange={(event) => onChange(event.target.value as T)}
          className="min-h-10.5 w-full appearance-none truncate rounded-xl border border-line bg-sheet py-2 ps-3 pe-9 text-ink outline-offset-0"
        >
          {empty !== undefined && (
            <option value="" className="bg-sheet text-ink">
              {empty}
            </option>
          )}
          {options.map((option) => (
            <option key={option.value} value={option.value} className="bg-sheet text-ink">
              {option.label}
            </option>
          ))}
        </select>
        <Icon
          name="right"
          className="pointer-events-none absolute end-3 top-1/2 size-4 -translate-y-1/2 rotate-90 text-soft"
        />
      </div>
      {hint && <p className="text-sm text-soft">{hint}</p>}
    </div>
  );
}
