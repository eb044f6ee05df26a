import { useEffect, useRef } from "react";
import { useStrings } from "../hooks/useStrings";
import type { TalkState } from "../hooks/useTalk";

/** Announces to screen readers the help offered, that Tau is replying, and then the reply. */
export function ReplyAnnouncer({ talk }: { talk: TalkState }) {
  const say = useStrings();
  const spoken = useRef<HTMLParagraphElement>(null);
  const wasReplying = useRef(false);
  const last = talk.lines.at(-1);
  const whole = last?.by === "tau" && talk.live === null ? last.text : "";
  const help = talk.live?.help?.text ?? null;
  useEffect(() => {
    if (!spoken.current) return;
    if (talk.isReplying) {
      spoken.current.textContent = help ?? say.talk.replying;
      wasReplying.current = true;
    } else if (wasReplying.current && whole) {
      // Only now: a finished reply is announced once it has been read from the server.
      spoken.current.textContent = whole;
      wasReplying.current = false;
    } else if (spoken.current.textContent !== whole) {
      spoken.current.textContent = ""; // what was forgotten is not kept here
    }
  }, [talk.isReplying, whole, say, help]);
  return <p ref={spoken} aria-live="polite" className="sr-only" />;
}
