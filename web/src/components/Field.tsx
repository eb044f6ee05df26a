import {
  type AriaAttributes,
  type InputHTMLAttributes,
  type ReactNode,
  type TextareaHTMLAttributes,
  useId,
} from "react";

const BOX =
  "w-full rounded-xl border border-line bg-sheet px-3 py-2 text-ink outline-offset-0 placeholder:text-soft aria-invalid:border-danger";

interface Labels {
  label: string;
  /** A sentence below the field. */
  hint?: ReactNode;
  /** The error of the value. */
  error?: string | null;
}

type Props = InputHTMLAttributes<HTMLInputElement> & Labels;

/** A text input with a label. */
export function Field({ label, hint, error, className, ...rest }: Props) {
  return (
    <Labelled {...{ label, hint, error, className }}>
      {(box) => <input {...box} className={BOX} {...rest} />}
    </Labelled>
  );
}

type AreaProps = TextareaHTMLAttributes<HTMLTextAreaElement> & Labels;

/** A text area with a label. */
export function Area({ label, hint, error, className, ...rest }: AreaProps) {
  return (
    <Labelled {...{ label, hint, error, className }}>
      {(box) => <textarea rows={3} {...box} className={`${BOX} resize-y`} {...rest} />}
    </Labelled>
  );
}

interface LabelledProps extends Labels {
  className?: string | undefined;
  children: (box: AriaAttributes & { id: string }) => ReactNode;
}

/** A label above an input, and a hint or an error below it. */
function Labelled({ label, hint, error, className = "", children }: LabelledProps) {
  const id = useId();
  return (
    <div className={`grid gap-1 text-start ${className}`}>
      <label htmlFor={id} className="text-sm text-soft">
        {label}
      </label>
      {children({ id, "aria-invalid": Boolean(error), "aria-describedby": `${id}-hint` })}
      <Below id={id} hint={hint} error={error} />
    </div>
  );
}

function Below({
  id,
  hint,
  error,
}: {
  id: string;
  hint: ReactNode;
  error: string | null | undefined;
}) {
  return (
    <p id={`${id}-hint`} className={`text-sm ${error ? "text-danger" : "text-soft"} empty:hidden`}>
      {error ?? hint}
    </p>
  );
}

interface SwitchProps {
  label: string;
  hint?: ReactNode;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

/** A switch that takes effect immediately. */
export function Switch({ label, hint, checked, disabled, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-4">
      <div className="min-w-0 flex-1">
        <span id={id}>{label}</span>
        {hint && (
          <p id={`${id}-hint`} className="text-sm text-soft">
            {hint}
          </p>
        )}
      </div>
      <button
        type="button"
        role="switch"
        aria-checked={checked}
        aria-labelledby={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
        disabled={disabled}
        onClick={() => onChange(!checked)}
        className={`relative mt-0.5 h-6 w-11 shrink-0 rounded-full border transition-colors disabled:opacity-50 ${checked ? "border-accent bg-accent" : "border-soft bg-wash"}`}
      >
        <span
          className={`absolute top-0.5 size-4.5 rounded-full transition-all ${checked ? "start-[1.4rem] bg-on-accent" : "start-0.5 bg-soft"}`}
        />
      </button>
    </div>
  );
}
