/** What is open in the care space: kept while the page is open, and in no address. */

import { session } from "../session";
import { Store } from "../store";
import { dropHelp } from "./danger";

/** The conversation of the talk, once something was said. */
export const careTalk = new Store<string | null>(null);
/** The exercise to begin with when writing is opened, from beside a talk. */
export const wantedExercise = new Store<string | null>(null);

const NO_MOOD = { mood: null as number | null, words: "" };
/** The check-in that isn't noted yet. */
export const moodDraft = new Store(NO_MOOD);

let person = personHere();
session.subscribe(() => {
  const here = personHere();
  if (here === null || here === person) return;
  person = here;
  closeAll(); // nothing of one person is shown to another
});

function personHere(): string | null {
  const here = session.get();
  return here.state === "in" ? here.me.id : null;
}

/** Drop all of it. */
export function closeAll(): void {
  careTalk.set(null);
  wantedExercise.set(null);
  moodDraft.set(NO_MOOD);
  dropHelp();
}
