import { useStrings } from "../hooks/useStrings";
import type { TalkState } from "../hooks/useTalk";
import { Button } from "./Button";
import { Notice } from "./Notice";

/** A message without a reply: the reason and a retry button. */
export function Unanswered({ talk }: { talk: TalkState }) {
  const say = useStrings();
  if (talk.live?.lost) return <Notice>{say.talk.lost}</Notice>;
  const failure = talk.live?.failure ?? null;
  if (!talk.isUnanswered && !failure) return null;
  const asked = talk.lines.findLast((line) => line.by === "person" && line.state === "written");
  return (
    <div role="alert" className="flex flex-wrap items-center gap-3 text-danger">
      <p>{failure ? say.errors.told(failure.code, failure.sentence) : say.talk.noReply}</p>
      {asked && (
        <Button icon="again" onClick={() => talk.acts.retry(asked.id)}>
          {say.talk.again}
        </Button>
      )}
    </div>
  );
}
