import { useEffect, useRef } from "react";
import { useStrings } from "../hooks/useStrings";
import type { TalkState } from "../hooks/useTalk";

/** Tells a screen reader that a reply is being made, and then the whole reply. */
export function Spoken({ talk }: { talk: TalkState }) {
  const say = useStrings();
  const spoken = useRef<HTMLParagraphElement>(null);
  const wasReplying = useRef(false);
  const last = talk.lines.at(-1);
  const whole = last?.by === "tau" && talk.live === null ? last.text : "";
  useEffect(() => {
    if (!spoken.current) return;
    if (talk.isReplying) {
      spoken.current.textContent = say.talk.replying;
      wasReplying.current = true;
    } else if (wasReplying.current && whole) {
      // Only now: a reply that has just ended is told once it is read from the server.
      spoken.current.textContent = whole;
      wasReplying.current = false;
    } else if (spoken.current.textContent !== whole) {
      spoken.current.textContent = ""; // what was forgotten is not kept here
    }
  }, [talk.isReplying, whole, say]);
  return <p ref={spoken} aria-live="polite" className="sr-only" />;
}
