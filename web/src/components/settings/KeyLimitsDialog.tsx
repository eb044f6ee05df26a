import { type FormEvent, type InputHTMLAttributes, useId, useState } from "react";
import type { ApiKey } from "../../core/types";
import { limitsOf, type TypedLimits, typedOf, utcDay } from "../../core/usage";
import { useSlotActs } from "../../hooks/useAccount";
import { useAction } from "../../hooks/useAction";
import { useStrings } from "../../hooks/useStrings";
import { usePrices } from "../../hooks/useUsage";
import { Button } from "../Button";
import { Dialog } from "../Dialog";
import { Field } from "../Field";
import { ActionError } from "../QueryResult";

const DAY_MS = 86_400_000;
const COUNT = { type: "number", inputMode: "numeric", min: 1, step: 1 } as const;
const AMOUNT = { type: "number", inputMode: "decimal", min: 0.01, step: 0.01 } as const;

/** A dialog with the limits of an API key. */
export function KeyLimitsDialog({ item, onClose }: { item: ApiKey; onClose: () => void }) {
  const say = useStrings();
  const words = say.settings.limits;
  const form = useId();
  const { limitKey } = useSlotActs();
  const { busy, error, run } = useAction();
  const currency = usePrices().data?.currency ?? "USD";
  const [typed, setTyped] = useState(() => typedOf(item.limits, item.expires_at));
  const box = (name: keyof TypedLimits): InputHTMLAttributes<HTMLInputElement> => ({
    value: typed[name],
    onChange: (event) => setTyped({ ...typed, [name]: event.target.value }),
  });
  const save = (event: FormEvent) => {
    event.preventDefault();
    const { limits, expiresAt } = limitsOf(typed);
    void run(() => limitKey(item.id, limits, expiresAt), onClose);
  };
  return (
    <Dialog
      title={words.title(item.label)}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say.shell.cancel}</Button>
          <Button kind="main" type="submit" form={form} disabled={busy}>
            {words.save}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={save} className="grid gap-4">
        <p className="text-soft">{words.about}</p>
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <Field label={words.requestsPerMinute} {...COUNT} {...box("requestsPerMinute")} />
          <Field label={words.tokensPerMinute} {...COUNT} {...box("tokensPerMinute")} />
          <Field label={words.tokensPerMonth} {...COUNT} {...box("tokensPerMonth")} />
          <Field
            label={words.costPerMonth(currency)}
            hint={words.costHint}
            {...AMOUNT}
            {...box("costPerMonth")}
          />
        </div>
        <Field label={words.models} hint={words.modelsHint} spellCheck={false} {...box("models")} />
        <Field
          label={words.expires}
          hint={words.expiresHint}
          type="date"
          min={utcDay(Date.now() + DAY_MS)}
          className="sm:w-1/2"
          {...box("expires")}
        />
        <ActionError error={error} />
      </form>
    </Dialog>
  );
}
