import { useEffect, useRef, useState } from "react";
import { type Brain, isChosen, learningOf, suggestedBrain } from "../../core/start";
import type { Model, ModelList } from "../../core/types";
import { useAct } from "../../hooks/useAct";
import { useFirstRun } from "../../hooks/useFirstRun";
import { useFound, useModels } from "../../hooks/useModels";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Switch } from "../Field";
import { Waiting } from "../Page";
import { Asked, Failure } from "../settings/Asked";
import { Brains } from "./Brains";

interface Props {
  onBack: () => void;
  /** The brain is taken; this model is on its way, if it is a stronger one. */
  onDone: (coming: string | null) => void;
  onSkip: () => void;
}

/** Which brain Tau is to think with. */
export function BrainStep(props: Props) {
  const words = useStrings().start;
  const models = useModels();
  const found = useFound();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <div className="grid gap-2">
        <h1 ref={heading} tabIndex={-1} className="font-serif text-3xl outline-none sm:text-4xl">
          {words.brain}
        </h1>
        <p className="text-soft">{words.brainAbout}</p>
      </div>
      <Asked query={models}>
        {(list) =>
          // What is suggested depends on what is found: a second at most.
          found.isPending ? (
            <Waiting />
          ) : (
            <Choosing list={list} found={found.data?.models ?? []} {...props} />
          )
        }
      </Asked>
    </>
  );
}

function Choosing({
  list,
  found,
  onBack,
  onDone,
  onSkip,
}: Props & { list: ModelList; found: readonly Model[] }) {
  const words = useStrings().start;
  const { take } = useFirstRun();
  const { busy, error, run } = useAct();
  const [brain, setBrain] = useState<Brain>(() => suggestedBrain(list, found));
  const [learns, setLearns] = useState<boolean | null>(null);
  const learning = learningOf(brain, list.models);
  const willLearn = learns ?? learning === "here";
  return (
    <>
      <Brains list={list} found={found} brain={brain} onChoose={setBrain} />
      {learning !== null && isChosen(brain) && (
        <Switch
          label={words.learns}
          hint={learning === "here" ? words.learnsHere : words.learnsThere}
          checked={willLearn}
          onChange={setLearns}
        />
      )}
      <Failure error={error} />
      <div className="sticky bottom-0 -mx-5 flex flex-wrap items-center gap-2 border-t border-line bg-paper px-5 py-4">
        <Button
          kind="main"
          disabled={busy || !isChosen(brain)}
          onClick={() => void run(() => take(brain, willLearn, list), onDone)}
        >
          {busy ? words.beginning : words.begin}
        </Button>
        <Button onClick={onBack}>{words.back}</Button>
        <Button kind="quiet" onClick={onSkip}>
          {words.skip}
        </Button>
        {!isChosen(brain) && <p className="text-sm text-soft">{words.endpointFirst}</p>}
      </div>
    </>
  );
}
