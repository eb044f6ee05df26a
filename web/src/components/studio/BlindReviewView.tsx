import type { BlindReview } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useBlindReviewActs } from "../../hooks/useBlindReview";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Progress } from "../memory/Progress";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";
import { BlindPairView } from "./BlindPairView";
import { RevealedView } from "./RevealedView";

/** A blind review: the next pair, or what the votes say. */
export function BlindReviewView({ project, review }: { project: string; review: BlindReview }) {
  const { dates } = useSpeech();
  const { compare: words } = useStudioStrings();
  const acts = useBlindReviewActs(project);
  const { busy, error, run } = useAction();
  const { id, pairs, voted, next, revealed } = review;
  if (revealed) return <RevealedView project={project} revealed={revealed} />;
  const reveal = () => void run(() => acts.reveal(id));
  return (
    <>
      <Progress
        label={
          next
            ? words.pair(dates.number(voted + 1), dates.number(pairs))
            : words.finished(dates.number(voted))
        }
        part={pairs > 0 ? voted / pairs : 1}
      />
      <ActionError error={error} />
      {next ? (
        <>
          <BlindPairView
            key={next.example.id}
            pair={next}
            busy={busy}
            onVote={(choice) => void run(() => acts.vote(id, next.example.id, choice))}
          />
          {voted > 0 && (
            <Button kind="quiet" className="justify-self-start" disabled={busy} onClick={reveal}>
              {words.reveal}
            </Button>
          )}
        </>
      ) : (
        <Section title={words.finished(dates.number(voted))}>
          <Button kind="main" className="justify-self-start" disabled={busy} onClick={reveal}>
            {words.show}
          </Button>
        </Section>
      )}
    </>
  );
}
