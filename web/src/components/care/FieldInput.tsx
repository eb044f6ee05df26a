import { useEffect, useRef } from "react";
import type { ExerciseField, FieldValues } from "../../core/types";
import { Area, Field } from "../Field";
import { LinesInput } from "./LinesInput";
import { ScaleInput } from "./ScaleInput";

export type FieldValue = string | number | string[] | null;

interface Props {
  field: ExerciseField;
  values: FieldValues;
  onSet: (name: string, value: FieldValue) => void;
  /** Whether its first input gets the focus. */
  focused?: boolean;
}

/** The input for a question of an exercise. */
export function FieldInput({ field, values, onSet, focused = false }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focused) place.current?.querySelector<HTMLElement>("input, textarea")?.focus();
  }, [focused]);
  return <div ref={place}>{inputOf({ field, values, onSet })}</div>;
}

function inputOf({ field, values, onSet }: Omit<Props, "focused">) {
  const { name, label, hint, type } = field;
  const value = values[name];
  const text = value === undefined || Array.isArray(value) ? "" : String(value);
  const common = { label, hint, autoComplete: "off", dir: "auto" as const };
  switch (type) {
    case "lines":
      return <LinesInput field={field} values={values} onSet={onSet} />;
    case "text":
      return (
        <Area
          {...common}
          value={text}
          maxLength={10_000}
          onChange={(event) => onSet(name, event.target.value)}
        />
      );
    case "number":
      return (
        <Field
          {...common}
          type="number"
          inputMode="numeric"
          className="max-w-40"
          min={field.min}
          max={field.max}
          value={text}
          onChange={(event) => onSet(name, numberOf(event.target.value, field))}
        />
      );
    case "scale":
      return <ScaleInput field={field} value={value} onSet={onSet} />;
    default:
      return (
        <Field
          {...common}
          type={type === "line" ? "text" : type}
          className={type === "line" ? "" : "max-w-48"}
          maxLength={500}
          value={text}
          onChange={(event) => onSet(name, event.target.value)}
        />
      );
  }
}

function numberOf(text: string, { min, max }: ExerciseField): number | null {
  const value = Math.round(Number(text));
  return text === "" || !Number.isFinite(value) ? null : Math.min(max, Math.max(min, value));
}
