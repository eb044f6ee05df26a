import { sentenceOf } from "../../core/errors";
import { offered } from "../../core/space/offers";
import { careTalk, wantedExercise } from "../../core/space/opened";
import type { Exercise } from "../../core/types";
import { useConversation } from "../../hooks/useConversations";
import { go } from "../../hooks/useRoute";
import { useCareTalks, useExercises } from "../../hooks/useSpace";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { useStore } from "../../hooks/useStore";
import { useSpeech, useStrings } from "../../hooks/useStrings";
import { type TalkState, useTalk } from "../../hooks/useTalk";
import { Button } from "../Button";
import { Composer } from "../Composer";
import { Notice } from "../Notice";
import { Thread } from "../Thread";

/** A talk with the specialist for reflective support. Nothing of it stays on this device. */
export function CareTalk() {
  const id = useStore(careTalk);
  return <TalkIn key={id ?? "new"} id={id} />;
}

function TalkIn({ id }: { id: string | null }) {
  const say = useStrings();
  const words = useSpaceStrings();
  const { data: conversation, error } = useConversation(id);
  const talk = useTalk({
    conversation: id,
    message: null,
    isPrivate: false,
    liveTurn: conversation?.live_turn ?? null,
    care: careTalk.set,
  });
  const failure = talk.failure ?? talk.thread.error ?? error;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <Thread talk={talk} sought={null} isPrivate={false} greeting={<Beginning />} />
      <div className="mx-auto grid w-full max-w-2xl gap-2 px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-6">
        {failure !== null && <Notice failure>{sentenceOf(failure, say)}</Notice>}
        <Offers talk={talk} />
        {id !== null && !talk.isReplying && (
          <Button
            kind="quiet"
            className="justify-self-start text-sm"
            onClick={() => careTalk.set(null)}
          >
            {words.talkAnew}
          </Button>
        )}
        <Composer
          conversation={id}
          isPrivate={false}
          isCare
          isReplying={talk.isReplying}
          failure={talk.failure}
          onSay={talk.acts.say}
          onStop={talk.acts.stop}
        />
      </div>
    </div>
  );
}

/** What a talk begins with, and the talks before it. */
function Beginning() {
  const say = useSpaceStrings();
  const { dates } = useSpeech();
  const { data } = useCareTalks();
  return (
    <div className="my-auto grid gap-6 pb-8">
      <div className="grid gap-2">
        <p className="font-serif text-2xl">{say.talkGreeting}</p>
        <p className="text-soft">{say.talkAbout}</p>
      </div>
      {data && data.length > 0 && (
        <section aria-label={say.talksBefore} className="grid justify-items-start gap-1">
          <h2 className="text-sm text-soft">{say.talksBefore}</h2>
          {data.map(({ id, updated_at }) => (
            <Button key={id} kind="quiet" onClick={() => careTalk.set(id)}>
              {dates.moment(updated_at)}
            </Button>
          ))}
        </section>
      )}
    </div>
  );
}

/** Exercises that may fit what was said last, as chips. */
function Offers({ talk }: { talk: TalkState }) {
  const say = useSpaceStrings();
  const { data } = useExercises();
  const last = talk.lines.findLast((line) => line.by === "person");
  if (!data || !last || talk.isReplying) return null;
  const found = offered(data, last.text);
  if (!found.length) return null;
  return (
    <ul aria-label={say.offers} className="flex flex-wrap gap-2">
      {found.map((exercise) => (
        <li key={exercise.name}>
          <button
            type="button"
            onClick={() => open(exercise)}
            className="min-h-9 rounded-full border border-line bg-sheet px-4 text-sm hover:border-accent"
          >
            {exercise.title}
          </button>
        </li>
      ))}
    </ul>
  );
}

function open({ name, kind }: Exercise): void {
  const isPlan = name === "safety_plan";
  const isBreathing = kind === "breathing";
  if (!isPlan && !isBreathing) wantedExercise.set(name);
  go({ page: "care", view: isPlan ? "plan" : isBreathing ? "breathe" : "write" });
}
