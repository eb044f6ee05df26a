import { useState } from "react";
import { tell } from "../../core/toast";
import { useAfresh } from "../../hooks/useAfresh";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { ForgetDialog } from "../ForgetDialog";

const HOURS = { hour: 1, day: 24, week: 7 * 24 } as const;
const SPANS = ["hour", "day", "week"] as const;

/** Forgets everything that was said of late. */
export function ForgetWhile() {
  const say = useStrings();
  const afresh = useAfresh();
  const [since, setSince] = useState<number | null>(null);
  return (
    <div className="flex flex-wrap gap-2">
      {SPANS.map((span) => (
        <Button
          key={span}
          onClick={() => setSince(Math.floor(Date.now() / 1000) - HOURS[span] * 3600)}
        >
          {say.memory.forgetSpans[span]}
        </Button>
      ))}
      {since !== null && (
        <ForgetDialog
          what={{ since }}
          onClose={() => setSince(null)}
          onDone={() => {
            setSince(null);
            tell(say.memory.didForget);
            void afresh();
          }}
        />
      )}
    </div>
  );
}
