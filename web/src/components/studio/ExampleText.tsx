import { answerOf, earlierCount, requestOf } from "../../core/studio/review";
import type { Example } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";

/** The request and the answer of an example; with `short`, their beginnings. */
export function ExampleText({ example, short = false }: { example: Example; short?: boolean }) {
  const { dates } = useSpeech();
  const { examples: words } = useStudioStrings();
  const earlier = earlierCount(example);
  const clamp = short ? "line-clamp-2" : "";
  const label = short ? "sr-only" : "text-xs text-soft";
  return (
    <dl className="grid gap-x-4 gap-y-2 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="grid content-start">
        <dt className={label}>
          {words.request}
          {!short && earlier > 0 && words.earlier(dates.number(earlier))}
        </dt>
        <dd dir="auto" className={`wrap-anywhere whitespace-pre-line ${clamp}`}>
          {requestOf(example)}
        </dd>
      </div>
      <div className="grid content-start">
        <dt className={label}>{words.answer}</dt>
        <dd dir="auto" className={`wrap-anywhere whitespace-pre-line ${clamp}`}>
          {answerOf(example)}
        </dd>
      </div>
      {!short && example.passage && (
        <div className="sm:col-span-2">
          <dt className={label}>{words.passage}</dt>
          <dd dir="auto" className="text-sm wrap-anywhere whitespace-pre-line text-soft">
            {example.passage}
          </dd>
        </div>
      )}
    </dl>
  );
}
