import { useState } from "react";
import { CARE } from "../core/experts";
import type { Suggestion } from "../core/types";
import { go } from "../hooks/useRoute";
import { useStrings } from "../hooks/useStrings";
import type { TalkActs } from "../hooks/useTalk";
import { Button } from "./Button";

interface Props {
  suggestion: Suggestion;
  /** The person's message that the specialist would answer. */
  message: string;
  acts: TalkActs;
}

/** The question whether a specialist may take over; nothing happens without a yes. */
export function SpecialistChip({ suggestion, message, acts }: Props) {
  const say = useStrings();
  const [isDismissed, setDismissed] = useState(false);
  if (isDismissed) return null;
  const accept = () => {
    setDismissed(true);
    if (suggestion.expert === CARE) go({ page: "care", view: "talk" });
    else acts.retry(message, suggestion.expert);
  };
  return (
    <div className="mt-3 flex w-fit max-w-full flex-wrap items-center gap-2 rounded-2xl border border-line bg-sheet px-3 py-1.5">
      <span className="px-1">{suggestion.question}</span>
      <span className="flex gap-1">
        <Button kind="main" onClick={accept}>
          {say.experts.yes}
        </Button>
        <Button kind="quiet" onClick={() => setDismissed(true)}>
          {say.experts.no}
        </Button>
      </span>
    </div>
  );
}
