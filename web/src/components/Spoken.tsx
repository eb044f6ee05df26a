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
  const text = talk.isReplying ? say.talk.replying : whole;
  useEffect(() => {
    if (spoken.current && (talk.isReplying || wasReplying.current))
      spoken.current.textContent = text;
    wasReplying.current = talk.isReplying;
  }, [talk.isReplying, text]);
  return <p ref={spoken} aria-live="polite" className="sr-only" />;
}
