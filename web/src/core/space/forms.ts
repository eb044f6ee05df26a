/** What is in a form, and its parts as text. Pure. */

import type { Exercise, ExerciseField, FieldValues, FormContent } from "../types";
import type { PlanPart } from "./planCopy";

/** Return every text that was typed, in the order of its fields. */
export function textsOf(exercise: Exercise, content: FormContent): string[] {
  const own = exercise.fields.flatMap((field) => textsIn(field, content.values));
  const rows = content.rows.flatMap((row) =>
    exercise.row_fields.flatMap((field) => textsIn(field, row)),
  );
  return [...own, ...rows];
}

/** Return the lines of a field, as many as it offers at least. */
export function linesIn(field: ExerciseField, values: FieldValues): string[] {
  const value = values[field.name];
  const lines = Array.isArray(value) ? value : [];
  return [...lines, ...Array(Math.max(0, field.count - lines.length)).fill("")];
}

/** Return `values` with a field changed; an empty one is left out. */
export function withValue(
  values: FieldValues,
  name: string,
  value: FieldValues[string] | null,
): FieldValues {
  const { [name]: _, ...others } = values;
  const isEmpty = value === null || value === "" || (Array.isArray(value) && !value.some(Boolean));
  return isEmpty ? others : { ...others, [name]: value };
}

/** Return the questions of a form that were answered, to be read. */
export function partsOf(exercise: Exercise, content: FormContent): PlanPart[] {
  return exercise.fields
    .map(({ name, label }) => {
      const value = content.values[name];
      const lines = Array.isArray(value) ? value : String(value ?? "").split("\n");
      return { label, lines: lines.filter((line) => line.trim()) };
    })
    .filter((part) => part.lines.length > 0);
}

function textsIn(field: ExerciseField, values: FieldValues): string[] {
  const value = values[field.name];
  if (Array.isArray(value)) return value.filter(Boolean);
  const isText = field.type === "text" || field.type === "line";
  return isText && typeof value === "string" ? [value] : [];
}
