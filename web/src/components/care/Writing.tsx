import { useEffect, useState } from "react";
import { wantedExercise } from "../../core/space/opened";
import type { CareForm, Exercise, FormSummary } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { getForm, useExercises, useForget, useForms } from "../../hooks/useSpace";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { useStore } from "../../hooks/useStore";
import { useSpeech } from "../../hooks/useStrings";
import { Button, IconButton } from "../Button";
import { Section } from "../Page";
import { ActionError, QueryResult } from "../QueryResult";
import { ConfirmDialog } from "../settings/ConfirmDialog";
import { ExerciseForm } from "./ExerciseForm";

/** It has a page of its own. */
const SAFETY_PLAN = "safety_plan";

interface Opened {
  exercise: Exercise;
  form: CareForm | null;
}

/** The exercises that are written, and what was written before. */
export function Writing() {
  const query = useExercises();
  const [opened, setOpened] = useState<Opened | null>(null);
  const { error, run } = useAction();
  const wanted = useStore(wantedExercise);
  useEffect(() => {
    const exercise = query.data?.find((one) => one.name === wanted);
    if (!exercise) return;
    wantedExercise.set(null);
    setOpened({ exercise, form: null });
  }, [wanted, query.data]);
  if (opened) return <ExerciseForm {...opened} onClose={() => setOpened(null)} />;
  return (
    <QueryResult query={query}>
      {(exercises) => {
        const written = exercises.filter(
          (one) => one.kind !== "breathing" && one.name !== SAFETY_PLAN,
        );
        const find = (name: string) => written.find((one) => one.name === name);
        return (
          <>
            <ul className="grid gap-3">
              {written.map((exercise) => (
                <li key={exercise.name}>
                  <Choice exercise={exercise} onOpen={() => setOpened({ exercise, form: null })} />
                </li>
              ))}
            </ul>
            <ActionError error={error} />
            <Earlier
              title={(name) => find(name)?.title ?? name}
              onOpen={({ id, exercise: name }) => {
                const exercise = find(name);
                if (!exercise) return;
                void run(
                  () => getForm(id),
                  (form) => setOpened({ exercise, form }),
                );
              }}
            />
          </>
        );
      }}
    </QueryResult>
  );
}

function Choice({ exercise, onOpen }: { exercise: Exercise; onOpen: () => void }) {
  const say = useSpaceStrings();
  return (
    <button
      type="button"
      onClick={onOpen}
      className="grid w-full gap-0.5 rounded-2xl border border-line bg-sheet p-4 text-start hover:border-accent"
    >
      <span className="flex items-baseline justify-between gap-3">
        <span className="font-serif text-xl">{exercise.title}</span>
        <span className="shrink-0 text-sm text-soft">{say.minutes(exercise.minutes)}</span>
      </span>
      <span className="text-soft">{exercise.summary}</span>
    </button>
  );
}

interface EarlierProps {
  title: (exercise: string) => string;
  onOpen: (form: FormSummary) => void;
}

/** What was written before: to go on with, or to delete. */
function Earlier({ title, onOpen }: EarlierProps) {
  const say = useSpaceStrings();
  const { dates } = useSpeech();
  const { data } = useForms();
  const forget = useForget("forms");
  const [asked, setAsked] = useState<FormSummary | null>(null);
  const shown = data?.filter((form) => form.exercise !== SAFETY_PLAN) ?? [];
  if (!shown.length) return null;
  const named = (form: FormSummary) =>
    say.earlierFrom(title(form.exercise), dates.moment(form.updated_at));
  return (
    <Section title={say.earlier}>
      <ul className="grid gap-1">
        {shown.map((form) => (
          <li key={form.id} className="flex items-center gap-2">
            <Button
              kind="quiet"
              className="flex-1 justify-start! text-start"
              onClick={() => onOpen(form)}
            >
              {named(form)}
            </Button>
            <IconButton
              icon="trash"
              label={say.forgetNamed(named(form))}
              onClick={() => setAsked(form)}
            />
          </li>
        ))}
      </ul>
      {asked && (
        <ConfirmDialog
          title={say.forgetTitle}
          text={say.forgetText}
          action={say.forget}
          act={() => forget.mutateAsync(asked.id)}
          onClose={() => setAsked(null)}
        />
      )}
    </Section>
  );
}
