import { sentenceOf } from "../../core/errors";
import { showToast } from "../../core/toast";
import { useLearning, useLearningChange } from "../../hooks/useMemory";
import { useSpeech } from "../../hooks/useStrings";
import { Switch } from "../Field";
import { Link } from "../Link";
import { Notice } from "../Notice";
import { QueryResult } from "../QueryResult";

/** The switch for learning, and the number of facts. */
export function Learning() {
  const { say, dates } = useSpeech();
  const change = useLearningChange();
  const set = (learns: boolean) =>
    change.mutate(!learns, {
      onSuccess: ({ paused }) =>
        showToast(paused ? say.memory.learningNowOff : say.memory.learningNowOn),
    });
  return (
    <QueryResult query={useLearning()}>
      {({ paused, current, waiting }) => (
        <>
          <Switch
            label={say.memory.learning}
            hint={paused ? say.memory.learningOff : say.memory.learningOn}
            checked={!paused}
            disabled={change.isPending}
            onChange={set}
          />
          {change.error && <Notice failure>{sentenceOf(change.error, say)}</Notice>}
          <p className="text-sm text-soft">
            {say.memory.counts(dates.number(current), waiting, dates.number(waiting))}
            {waiting > 0 && (
              <>
                {" · "}
                <Link
                  to={{ page: "memory", view: "waiting", fact: null }}
                  className="rounded-md text-accent underline underline-offset-2"
                >
                  {say.memory.seeWaiting}
                </Link>
              </>
            )}
          </p>
        </>
      )}
    </QueryResult>
  );
}
