import { useEffect, useRef, useState } from "react";
import { beginAnew } from "../../core/space/danger";
import type { Answered, Questionnaire } from "../../core/types";
import { useInnerBack } from "../../hooks/useInnerBack";
import { useAnswer } from "../../hooks/useSpace";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { Button } from "../Button";
import { ActionError } from "../QueryResult";

interface Props {
  asked: Questionnaire;
  onClose: () => void;
}

/** A questionnaire, one question at a time; keys 1 to 4 answer. The last answer sends it. */
export function QuestionnaireView({ asked, onClose }: Props) {
  const say = useSpaceStrings();
  const [answers, setAnswers] = useState<number[]>([]);
  const sending = useAnswer(asked.name);
  const step = Math.min(answers.length, asked.items.length - 1);
  useEffect(beginAnew, []);
  useInnerBack(onClose);
  const answer = (choice: number) => {
    if (sending.isPending || sending.isSuccess) return;
    const given = [...answers.slice(0, asked.items.length - 1), choice];
    setAnswers(given);
    if (given.length === asked.items.length) sending.mutate(given);
  };
  if (sending.data) return <Result asked={asked} answered={sending.data} onClose={onClose} />;
  return (
    <section aria-label={asked.title} className="grid gap-5">
      <p className="text-soft">{asked.question}</p>
      <Question
        key={step}
        asked={asked}
        step={step}
        chosen={answers.length === asked.items.length ? (answers.at(-1) ?? null) : null}
        onAnswer={answer}
      />
      <ActionError error={sending.error} />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          kind="quiet"
          onClick={() => (answers.length ? setAnswers(answers.slice(0, -1)) : onClose())}
        >
          {say.back}
        </Button>
        <p className="text-sm text-soft max-sm:hidden">{say.keysHint}</p>
      </div>
    </section>
  );
}

interface QuestionProps {
  asked: Questionnaire;
  step: number;
  chosen: number | null;
  onAnswer: (choice: number) => void;
}

function Question({ asked, step, chosen, onAnswer }: QuestionProps) {
  const say = useSpaceStrings();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || event.repeat) return;
      const choice = ["1", "2", "3", "4"].indexOf(event.key);
      if (choice >= 0) onAnswer(choice);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [onAnswer]);
  return (
    <div className="grid gap-4">
      <p className="text-sm text-soft">{say.stepOf(step + 1, asked.items.length)}</p>
      <h2 ref={heading} tabIndex={-1} className="text-xl outline-none">
        {asked.items[step]}
      </h2>
      <ul className="grid gap-2">
        {asked.choices.map((label, choice) => (
          <li key={label}>
            <button
              type="button"
              aria-pressed={chosen === choice}
              onClick={() => onAnswer(choice)}
              className="min-h-12 w-full rounded-xl border border-line bg-sheet px-4 text-start hover:border-accent aria-pressed:border-accent"
            >
              {label}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface ResultProps {
  asked: Questionnaire;
  answered: Answered;
  onClose: () => void;
}

function Result({ asked, answered, onClose }: ResultProps) {
  const say = useSpaceStrings();
  const { score, most, label } = answered.result;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <section className="grid justify-items-start gap-4">
      <h2 ref={heading} tabIndex={-1} className="font-serif text-2xl outline-none">
        {asked.title}: {say.scoreOf(score, most)}
      </h2>
      <p className="text-lg">{label}</p>
      <p>{answered.note}</p>
      <Button kind="main" onClick={onClose}>
        {say.done}
      </Button>
    </section>
  );
}
