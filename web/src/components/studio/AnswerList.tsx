import { useState } from "react";
import { requestOf } from "../../core/studio/review";
import type { Example, GradedAnswer, Project } from "../../core/types";
import { useExamplesById } from "../../hooks/useExamples";
import { useStrings } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Mark } from "./Mark";

const PAGE = 10;
const MOST = 200;

/** Answers beside the right ones, some at a time. */
export function AnswerList({
  project,
  answers,
}: {
  project: Project;
  answers: readonly GradedAnswer[];
}) {
  const { shell } = useStrings();
  const { methods: words } = useStudioStrings();
  const [most, setMost] = useState(PAGE);
  const shown = answers.slice(0, most);
  const { data } = useExamplesById(
    project.id,
    shown.map((each) => each.example),
  );
  if (answers.length === 0) return <p className="text-soft">{words.noneWrong}</p>;
  return (
    <>
      <ul className="grid gap-3">
        {shown.map((answer) => (
          <AnswerRow key={answer.example} answer={answer} example={data?.get(answer.example)} />
        ))}
      </ul>
      {answers.length > most && most < MOST && (
        <Button className="justify-self-start" onClick={() => setMost(Math.min(MOST, most * 2))}>
          {shell.loadMore}
        </Button>
      )}
    </>
  );
}

const TEXT = "wrap-anywhere whitespace-pre-line";

function AnswerRow({ answer, example }: { answer: GradedAnswer; example: Example | undefined }) {
  const { methods: words } = useStudioStrings();
  return (
    <li className="grid gap-2 rounded-xl border border-line bg-paper p-3.5">
      <div className="flex items-start justify-between gap-3">
        <p dir="auto" className={`min-w-0 ${TEXT}`}>
          {example ? requestOf(example) : ""}
        </p>
        <Mark danger={!answer.passed}>{answer.passed ? words.right : words.isWrong}</Mark>
      </div>
      <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-2">
        <div>
          <dt className="text-xs text-soft">{words.given}</dt>
          <dd dir="auto" className={TEXT}>
            {answer.answer || answer.error || words.noAnswer}
          </dd>
        </div>
        <div>
          <dt className="text-xs text-soft">{words.expected}</dt>
          <dd dir="auto" className={TEXT}>
            {answer.expected}
          </dd>
        </div>
      </dl>
    </li>
  );
}
