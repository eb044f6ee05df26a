import { useEffect, useRef, useState } from "react";
import { textsOf, withValue } from "../../core/space/forms";
import type { CareForm, Exercise, ExerciseField } from "../../core/types";
import { useInnerBack } from "../../hooks/useInnerBack";
import { type KeptForm, useKeptForm } from "../../hooks/useKeptForm";
import { useDanger } from "../../hooks/useSpace";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { Button } from "../Button";
import { FieldInput } from "./FieldInput";
import { FormRows } from "./FormRows";
import { RememberPlans } from "./RememberPlans";

interface Props {
  exercise: Exercise;
  form: CareForm | null;
  onClose: () => void;
}

/** An exercise that is being written: all at once, or one step at a time. */
export function ExerciseForm({ exercise, form, onClose }: Props) {
  const say = useSpaceStrings();
  const kept = useKeptForm(exercise, form);
  const heading = useRef<HTMLHeadingElement>(null);
  useDanger(textsOf(exercise, kept.content));
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const set = (name: string, value: string | number | string[] | null) =>
    kept.edit({ ...kept.content, values: withValue(kept.content.values, name, value) });
  const close = () => void kept.save().then(onClose);
  useInnerBack(close);
  return (
    <section aria-labelledby="exercise" className="grid gap-6">
      <div className="grid gap-2">
        <h2 id="exercise" ref={heading} tabIndex={-1} className="font-serif text-2xl outline-none">
          {exercise.title}
        </h2>
        <p className="text-lg text-soft">{exercise.intro}</p>
      </div>
      {exercise.kind === "steps" ? (
        <Steps exercise={exercise} kept={kept} onSet={set} onClose={close} />
      ) : (
        <>
          {exercise.fields.map((field) => (
            <FieldInput key={field.name} field={field} values={kept.content.values} onSet={set} />
          ))}
          {exercise.max_rows > 0 && <FormRows exercise={exercise} kept={kept} />}
          {exercise.name === "activity_plan" && <RememberPlans kept={kept} />}
          <p className="text-soft">{exercise.closing}</p>
          <Foot kept={kept} label={say.done} onClick={close} />
        </>
      )}
    </section>
  );
}

interface StepsProps {
  exercise: Exercise;
  kept: KeptForm;
  onSet: (name: string, value: string | number | string[] | null) => void;
  onClose: () => void;
}

/** One question at a time, and the closing words at the end. */
function Steps({ exercise, kept, onSet, onClose }: StepsProps) {
  const say = useSpaceStrings();
  const [step, setStep] = useState(0);
  const field: ExerciseField | undefined = exercise.fields[step];
  if (!field) {
    return (
      <>
        <p role="status" className="text-lg">
          {exercise.closing}
        </p>
        <Foot kept={kept} label={say.done} onClick={onClose} />
      </>
    );
  }
  return (
    <>
      <p className="text-sm text-soft">{say.stepOf(step + 1, exercise.fields.length)}</p>
      <FieldInput
        key={field.name}
        field={field}
        values={kept.content.values}
        onSet={onSet}
        focused
      />
      <Foot kept={kept} label={say.next} onClick={() => setStep(step + 1)}>
        {step > 0 && (
          <Button kind="quiet" onClick={() => setStep(step - 1)}>
            {say.back}
          </Button>
        )}
      </Foot>
    </>
  );
}

interface FootProps {
  kept: KeptForm;
  label: string;
  onClick: () => void;
  children?: React.ReactNode;
}

/** The button that goes on, and whether what was typed is saved. */
function Foot({ kept, label, onClick, children }: FootProps) {
  const say = useSpaceStrings();
  const isEmpty = !Object.keys(kept.content.values).length && !kept.content.rows.length;
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button kind="main" onClick={onClick}>
        {label}
      </Button>
      {children}
      <p role="status" data-keeping={kept.state} className="text-sm text-soft">
        {(!isEmpty || kept.state !== "kept") && say.keeping[kept.state]}
      </p>
    </div>
  );
}
