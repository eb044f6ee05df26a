import { useEffect, useRef, useState } from "react";
import { isChosen, learningOf, type ModelChoice, suggestedChoice } from "../../core/onboarding";
import type { Model, ModelList } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useFound, useModels } from "../../hooks/useModels";
import { useOnboarding } from "../../hooks/useOnboarding";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Switch } from "../Field";
import { Waiting } from "../Page";
import { ActionError, QueryResult } from "../QueryResult";
import { ModelChoices } from "./ModelChoices";

interface Props {
  onBack: () => void;
  /** A model was chosen; `name` is the one being downloaded, if any. */
  onDone: (coming: string | null) => void;
  onSkip: () => void;
}

/** The step that asks which model Tau uses. */
export function ModelStep(props: Props) {
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
      <QueryResult query={models}>
        {(list) =>
          // The suggestion depends on discovery, which takes a second at most.
          found.isPending ? (
            <Waiting />
          ) : (
            <Choosing list={list} found={found.data?.models ?? []} {...props} />
          )
        }
      </QueryResult>
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
  const { take } = useOnboarding();
  const { busy, error, run } = useAction();
  const [choice, setChoice] = useState<ModelChoice>(() => suggestedChoice(list, found));
  const [learns, setLearns] = useState<boolean | null>(null);
  const learning = learningOf(choice, list.models);
  const willLearn = learns ?? learning === "here";
  return (
    <>
      <ModelChoices list={list} found={found} choice={choice} onChoose={setChoice} />
      {learning !== null && isChosen(choice) && (
        <Switch
          label={words.learns}
          hint={learning === "here" ? words.learnsHere : words.learnsThere}
          checked={willLearn}
          onChange={setLearns}
        />
      )}
      <ActionError error={error} />
      <div className="sticky bottom-0 -mx-5 flex flex-wrap items-center gap-2 border-t border-line bg-paper px-5 py-4">
        <Button
          kind="main"
          disabled={busy || !isChosen(choice)}
          onClick={() => void run(() => take(choice, willLearn, list), onDone)}
        >
          {busy ? words.beginning : words.begin}
        </Button>
        <Button onClick={onBack}>{words.back}</Button>
        <Button kind="quiet" onClick={onSkip}>
          {words.skip}
        </Button>
        {!isChosen(choice) && <p className="text-sm text-soft">{words.endpointFirst}</p>}
      </div>
    </>
  );
}
