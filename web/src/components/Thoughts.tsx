import { plain } from "../core/markdown";
import { useSpeech } from "../hooks/useStrings";

/** What the model thinks before it replies, folded. It's gone once the reply is stored. */
export function Thoughts({ text, isThinking }: { text: string; isThinking: boolean }) {
  const { say } = useSpeech();
  return (
    <details className="mb-2 text-sm text-soft">
      <summary className="w-fit cursor-pointer rounded-md border-b border-dotted border-soft marker:content-none [&::-webkit-details-marker]:hidden">
        {isThinking ? say.talk.thinkingAloud : say.talk.thoughts}
      </summary>
      <p dir="auto" className="mt-2 border-s-2 border-line ps-4 wrap-anywhere whitespace-pre-line">
        {plain(text)}
      </p>
    </details>
  );
}
