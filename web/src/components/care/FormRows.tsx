import { withValue } from "../../core/space/forms";
import type { Exercise, FieldValues } from "../../core/types";
import type { KeptForm } from "../../hooks/useKeptForm";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { Button } from "../Button";
import { FieldInput } from "./FieldInput";

/** The rows of an exercise, such as the activities of a plan. */
export function FormRows({ exercise, kept }: { exercise: Exercise; kept: KeptForm }) {
  const say = useSpaceStrings();
  const { content, edit } = kept;
  const rows = content.rows.length ? content.rows : [{}];
  const change = (changed: FieldValues[]) => edit({ ...content, rows: changed });
  return (
    <>
      {rows.map((row, place) => {
        const name = `${exercise.row} ${place + 1}`;
        return (
          <fieldset
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
            key={place}
            className="grid gap-3 rounded-2xl border border-line p-4"
          >
            <legend className="px-2 font-medium">{name}</legend>
            <div className="grid gap-3 sm:grid-cols-2">
              {exercise.row_fields.map((field) => (
                <FieldInput
                  key={field.name}
                  field={field}
                  values={row}
                  onSet={(key, value) =>
                    change(rows.map((one, at) => (at === place ? withValue(one, key, value) : one)))
                  }
                />
              ))}
            </div>
            {content.rows.length > 0 && (
              <Button
                kind="quiet"
                className="justify-self-start"
                onClick={() => change(rows.filter((_, at) => at !== place))}
              >
                {say.removeRow(name)}
              </Button>
            )}
          </fieldset>
        );
      })}
      {rows.length < exercise.max_rows && (
        <Button className="justify-self-start" icon="plus" onClick={() => change([...rows, {}])}>
          {exercise.add_row}
        </Button>
      )}
    </>
  );
}
