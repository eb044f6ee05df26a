import { type FormEvent, useState } from "react";
import { moodDraft as draft } from "../../core/space/opened";
import type { Questionnaire } from "../../core/types";
import { useAddCheckIn, useDanger } from "../../hooks/useSpace";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { useStore } from "../../hooks/useStore";
import { Button } from "../Button";
import { Area } from "../Field";
import { ActionError } from "../QueryResult";
import { Moods } from "./Moods";
import { QuestionnaireList } from "./QuestionnaireList";
import { QuestionnaireView } from "./QuestionnaireView";

/** How the person is, how they were, and the questionnaires. */
export function CheckIn() {
  const [asked, setAsked] = useState<Questionnaire | null>(null);
  if (asked) return <QuestionnaireView asked={asked} onClose={() => setAsked(null)} />;
  return (
    <>
      <MoodForm />
      <Moods />
      <QuestionnaireList onOpen={setAsked} />
    </>
  );
}

function MoodForm() {
  const say = useSpaceStrings();
  const { mood, words } = useStore(draft);
  const adding = useAddCheckIn();
  useDanger(words ? [words] : []);
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (mood === null) return;
    adding.mutate({ mood, words }, { onSuccess: () => draft.set({ mood: null, words: "" }) });
  };
  return (
    <form onSubmit={add} className="grid gap-5">
      <fieldset>
        <legend className="pb-2 text-lg">{say.moodQuestion}</legend>
        <div className="grid grid-cols-1 gap-2 sm:grid-cols-5">
          {say.moods.map((label, place) => (
            <label
              key={label}
              className="flex min-h-12 items-center gap-2.5 rounded-xl border border-line bg-sheet px-3.5 has-checked:border-accent has-checked:bg-wash sm:justify-center sm:px-2"
            >
              <input
                type="radio"
                name="mood"
                checked={mood === place + 1}
                onChange={() => draft.set({ mood: place + 1, words })}
                className="size-4 shrink-0 accent-accent"
              />
              {label}
            </label>
          ))}
        </div>
      </fieldset>
      <Area
        label={say.words}
        autoComplete="off"
        dir="auto"
        maxLength={2000}
        value={words}
        onChange={(event) => draft.set({ mood, words: event.target.value })}
      />
      <ActionError error={adding.error} />
      <div className="flex flex-wrap items-center gap-3">
        <Button kind="main" type="submit" disabled={mood === null || adding.isPending}>
          {say.checkInNow}
        </Button>
        <p role="status" className="text-soft">
          {adding.isSuccess && mood === null && say.noted}
        </p>
      </div>
    </form>
  );
}
