import type { Exercise } from "../../core/types";
import { useBreathing } from "../../hooks/useBreathing";
import { useExercises } from "../../hooks/useSpace";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { Button } from "../Button";
import { Notice } from "../Notice";
import { Waiting } from "../Page";

const WIDE = { in: true, hold: true, out: false, rest: false } as Record<string, boolean>;

/** Box breathing: a circle that widens and narrows, and the words for it. */
export function Breathing() {
  const say = useSpaceStrings();
  const { data, error } = useExercises();
  const exercise = data?.find((one) => one.kind === "breathing");
  if (error && !exercise) return <Notice failure>{say.notLoaded}</Notice>;
  return exercise ? <Course exercise={exercise} /> : <Waiting />;
}

function Course({ exercise }: { exercise: Exercise }) {
  const say = useSpaceStrings();
  const breathing = useBreathing(exercise);
  const { isRunning, isOver, second, round } = breathing;
  const phase = exercise.phases[breathing.phase];
  const isWide = isRunning && WIDE[phase?.name ?? ""];
  return (
    <div className="grid justify-items-center gap-8 text-center">
      <p className="text-lg text-soft">{isOver ? exercise.closing : exercise.intro}</p>
      <div className="grid size-64 place-items-center sm:size-72">
        <div
          aria-hidden="true"
          data-phase={isRunning ? phase?.name : "still"}
          style={{ transitionDuration: `${phase?.seconds ?? 4}s` }}
          className={`col-start-1 row-start-1 size-full rounded-full border-2 border-accent bg-wash transition-transform ease-in-out ${isWide ? "scale-100" : "scale-60"}`}
        />
        <div className="z-1 col-start-1 row-start-1">
          <p aria-live="assertive" className="font-serif text-2xl">
            {isRunning && phase?.label}
          </p>
          {isRunning && (
            <p aria-hidden="true" className="text-xl text-soft tabular-nums">
              {second}
            </p>
          )}
        </div>
      </div>
      {isRunning && <p className="text-sm text-soft">{say.breathAt(round, exercise.rounds)}</p>}
      {isRunning ? (
        <Button onClick={breathing.stop}>{say.stop}</Button>
      ) : (
        <Button kind="main" onClick={breathing.begin}>
          {isOver ? say.again : say.begin}
        </Button>
      )}
    </div>
  );
}
