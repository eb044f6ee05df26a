import { useId } from "react";
import { Icon } from "../Icon";

interface Props<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
  className?: string;
}

/** One of several, in the platform's own list. */
export function Select<T extends string>({ label, value, options, onChange, className }: Props<T>) {
  const id = useId();
  return (
    <div className={`grid gap-1 text-start ${className ?? ""}`}>
      <label htmlFor={id} className="text-sm text-soft">
        {label}
      </label>
      <div className="relative">
        <select
          id={id}
          value={value}
          onChange={(event) => onChange(event.target.value as T)}
          className="min-h-10.5 w-full appearance-none truncate rounded-xl border border-line bg-sheet py-2 ps-3 pe-9 text-ink outline-offset-0"
        >
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
    </div>
  );
}
