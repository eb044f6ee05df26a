import { typedCount } from "../../core/studio/runs";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Field } from "../Field";

interface Props {
  label: string;
  typed: string;
  onChange: (typed: string) => void;
}

/** A whole number from 1; without one, Tau chooses. */
export function CountField({ label, typed, onChange }: Props) {
  const { training: words } = useStudioStrings();
  return (
    <Field
      label={label}
      placeholder={words.automatic}
      error={typedCount(typed) === undefined ? words.wrongCount : null}
      inputMode="numeric"
      autoComplete="off"
      value={typed}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
