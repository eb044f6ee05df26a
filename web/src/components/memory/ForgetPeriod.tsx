import { useState } from "react";
import { showToast } from "../../core/toast";
import { useRefreshAll } from "../../hooks/useRefreshAll";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { ForgetDialog } from "../ForgetDialog";

const HOURS = { hour: 1, day: 24, week: 7 * 24 } as const;
const SPANS = ["hour", "day", "week"] as const;

/** The period from some hours ago until now; messages sent meanwhile aren't included. */
function whileUntilNow(hours: number): { since: number; until: number } {
  const until = Math.floor(Date.now() / 1000) + 1;
  return { since: until - hours * 3600, until };
}

/** Forgets everything from a recent period. */
export function ForgetPeriod() {
  const say = useStrings();
  const refresh = useRefreshAll();
  const [what, setWhat] = useState<{ since: number; until: number } | null>(null);
  return (
    <div className="flex flex-wrap gap-2">
      {SPANS.map((span) => (
        <Button key={span} onClick={() => setWhat(whileUntilNow(HOURS[span]))}>
          {say.memory.forgetSpans[span]}
        </Button>
      ))}
      {what && (
        <ForgetDialog
          what={what}
          onClose={() => setWhat(null)}
          onDone={() => {
            setWhat(null);
            showToast(say.memory.didForget);
            void refresh();
          }}
        />
      )}
    </div>
  );
}
