import { useState } from "react";
import { useAction } from "../../hooks/useAction";
import type { KeptForm } from "../../hooks/useKeptForm";
import { rememberPlans } from "../../hooks/useSpace";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { Button } from "../Button";
import { ActionError } from "../QueryResult";

/** Offers to remember activities with a day as plans; nothing is remembered before a yes. */
export function RememberPlans({ kept }: { kept: KeptForm }) {
  const say = useSpaceStrings();
  const { busy, error, run } = useAction();
  const [done, setDone] = useState<number | null>(null);
  const dated = kept.content.rows.filter((row) => row.activity && row.day).length;
  if (!dated) return null;
  const remember = async () => {
    const form = await kept.save();
    return form ? (await rememberPlans(form.id)).plans : 0;
  };
  return (
    <div className="grid justify-items-start gap-2 rounded-2xl bg-wash p-4">
      <p className="text-soft">{say.plansAbout}</p>
      {done === null && (
        <Button disabled={busy} onClick={() => void run(remember, setDone)}>
          {say.plans}
        </Button>
      )}
      <p role="status">{done !== null && say.plansDone(done)}</p>
      <ActionError error={error} />
    </div>
  );
}
