import { useState } from "react";
import type { Expert } from "../../core/types";
import { useMe } from "../../hooks/useAccount";
import { useAction } from "../../hooks/useAction";
import { useExpertActs } from "../../hooks/useExperts";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { ActionError } from "../QueryResult";
import { ConfirmDialog } from "./ConfirmDialog";
import { ExpertScope } from "./ExpertScope";

interface Props {
  expert: Expert;
  experts: readonly Expert[];
}

/** A skill of the person's own: its text with what can't be seen in it, and its approval. */
export function OwnSkill({ expert, experts }: Props) {
  const words = useStrings().experts;
  const { judge } = useExpertActs();
  const { busy, error, run } = useAction();
  const decide = (approved: boolean) => void run(() => judge(expert.name, expert.digest, approved));
  return (
    <li className="grid gap-3">
      <div>
        <h3 className="font-serif text-lg">{expert.name}</h3>
        <p className={expert.problem ? "text-danger" : "text-soft"}>
          {expert.problem || expert.description}
        </p>
      </div>
      {!expert.problem && (
        <>
          <p className="text-sm">{expert.approved ? words.approved : words.waits}</p>
          {(expert.warnings ?? []).map((warning) => (
            <p key={warning} className="text-sm text-danger">
              {words.lookClosely}: {warning}
            </p>
          ))}
          <details open={!expert.approved}>
            <summary className="text-soft">{words.show}</summary>
            <pre
              dir="auto"
              className="mt-2 max-h-80 overflow-y-auto rounded-xl bg-wash p-4 text-sm whitespace-pre-wrap wrap-anywhere"
            >
              {expert.body}
            </pre>
          </details>
        </>
      )}
      <div className="flex flex-wrap gap-2">
        {!expert.problem && (
          <Button
            kind={expert.approved ? "plain" : "main"}
            disabled={busy}
            onClick={() => decide(!expert.approved)}
          >
            {expert.approved ? words.withdraw : words.approve}
          </Button>
        )}
        <Removal expert={expert} />
      </div>
      <ActionError error={error} />
      {expert.approved && <ExpertScope expert={expert} experts={experts} />}
    </li>
  );
}

/** The button that deletes a skill from this Tau, for its owner. */
function Removal({ expert }: { expert: Expert }) {
  const words = useStrings().experts;
  const { remove } = useExpertActs();
  const { owner } = useMe();
  const [isAsking, setAsking] = useState(false);
  if (!owner) return null;
  return (
    <>
      <Button
        icon="trash"
        aria-label={words.removeNamed(expert.name)}
        onClick={() => setAsking(true)}
      >
        {words.remove}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={words.removeTitle(expert.name)}
          text={words.removeText}
          action={words.remove}
          act={() => remove(expert.name)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
