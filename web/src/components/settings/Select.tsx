import { type ReactNode, useId } from "react";

interface Props {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
  /** What stands there while nothing is chosen. */
  empty?: string;
  /** Whether the label is for screen readers only. */
  quiet?: boolean;
  hint?: ReactNode;
}

/** One of many, in the platform's own list. */
export function Select({ label, value, options, onChange, empty, quiet, hint }: Props) {
  const id = useId();
  return (
    <div className="grid min-w-0 flex-1 basis-52 gap-1 text-start">
      <label htmlFor={id} className={quiet ? "sr-only" : "text-sm text-soft"}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="min-h-10 w-full min-w-0 rounded-xl border border-line bg-sheet px-3 py-1.5 text-ink"
      >
        {empty !== undefined && <option value="">{empty}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {hint && <p className="text-sm text-soft">{hint}</p>}
    </div>
  );
}
