import { type KeyboardEvent, useEffect, useRef } from "react";
import { VOTE_KEYS, type VoteChoice, voteOf } from "../../core/studio/blind";
import { requestOf } from "../../core/studio/review";
import type { BlindPair } from "../../core/types";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { KeyHints } from "./KeyHints";

interface Props {
  pair: BlindPair;
  busy: boolean;
  onVote: (choice: VoteChoice) => void;
}

const ORDER: readonly VoteChoice[] = ["left", "neither", "right"];

/** Two answers to one request, with nothing that says whose they are. 1, 2 and 0 vote. */
export function BlindPairView({ pair, busy, onVote }: Props) {
  const { compare: words } = useStudioStrings();
  const region = useRef<HTMLElement>(null);
  useEffect(() => region.current?.focus({ preventScroll: true }), []);
  const keys = (event: KeyboardEvent) => {
    const choice = voteOf(event);
    if (choice === null) return;
    event.preventDefault();
    if (!busy) onVote(choice);
  };
  return (
    <section
      ref={region}
      tabIndex={-1}
      aria-label={words.request}
      onKeyDown={keys}
      className="grid gap-4 outline-none"
    >
      <div>
        <p className="text-sm text-soft">{words.request}</p>
        <p dir="auto" className="font-serif text-lg wrap-anywhere whitespace-pre-line">
          {requestOf(pair.example)}
        </p>
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <Answer title={words.left} text={pair.left} />
        <Answer title={words.right} text={pair.right} />
      </div>
      <div className="grid gap-2 sm:grid-cols-3">
        {ORDER.map((choice) => (
          <Button key={choice} disabled={busy} onClick={() => onVote(choice)}>
            {words.better[choice]}
          </Button>
        ))}
      </div>
      <KeyHints
        label={words.keys}
        keys={VOTE_KEYS.map(([key, choice]) => [key, words.better[choice]])}
      />
    </section>
  );
}

function Answer({ title, text }: { title: string; text: string }) {
  const { compare: words } = useStudioStrings();
  return (
    <article className="grid content-start gap-1.5 rounded-2xl border border-line bg-sheet p-4">
      <h2 className="text-sm text-soft">{title}</h2>
      <p dir="auto" className="wrap-anywhere whitespace-pre-line">
        {text || <span className="text-soft">{words.empty}</span>}
      </p>
    </article>
  );
}
