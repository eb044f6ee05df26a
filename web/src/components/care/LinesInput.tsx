import { useId } from "react";
import { linesIn } from "../../core/space/forms";
import type { ExerciseField, FieldValues } from "../../core/types";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { Button } from "../Button";

interface Props {
  field: ExerciseField;
  values: FieldValues;
  onSet: (name: string, value: string[]) => void;
}

const BOX = "w-full rounded-xl border border-line bg-sheet px-3 py-2 text-ink";

/** Several lines below each other, each an input. */
export function LinesInput({ field, values, onSet }: Props) {
  const say = useSpaceStrings();
  const hint = useId();
  const lines = linesIn(field, values);
  const last = lines.at(-1) ?? "";
  const set = (place: number, text: string) =>
    onSet(
      field.name,
      lines.map((line, at) => (at === place ? text : line)),
    );
  return (
    <fieldset className="grid gap-2" aria-describedby={field.hint ? hint : undefined}>
      <legend className="text-lg">{field.label}</legend>
      {field.hint && (
        <p id={hint} className="text-sm text-soft">
          {field.hint}
        </p>
      )}
      {lines.map((line, place) => (
        <input
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
          key={place}
          aria-label={say.lineOf(field.label, place + 1)}
          autoComplete="off"
          dir="auto"
          maxLength={500}
          value={line}
          className={BOX}
          onChange={(event) => set(place, event.target.value)}
        />
      ))}
      {last && lines.length < 30 && (
        <Button
          kind="quiet"
          className="justify-self-start"
          onClick={() => onSet(field.name, [...lines, ""])}
        >
          {say.addLine}
        </Button>
      )}
    </fieldset>
  );
}
