import { type FormEvent, type InputHTMLAttributes, useState } from "react";
import type { Price } from "../../core/types";
import { moneyOptions } from "../../core/usage";
import { useAction } from "../../hooks/useAction";
import { useModels } from "../../hooks/useModels";
import { useSpeech } from "../../hooks/useStrings";
import { usePriceActs, usePrices } from "../../hooks/useUsage";
import { Button, IconButton } from "../Button";
import { Field } from "../Field";
import { Section } from "../Page";
import { ActionError, QueryResult } from "../QueryResult";
import { Select } from "../Select";

const AMOUNT = { type: "number", inputMode: "decimal", min: 0, step: "any" } as const;
const EMPTY = { prompt: "", cached: "", completion: "" };

/** What models cost, and a form to say so. */
export function PricesSection() {
  const { say } = useSpeech();
  const words = say.settings.usage;
  const prices = usePrices();
  return (
    <Section title={words.prices} about={words.pricesAbout}>
      <QueryResult query={prices}>
        {({ prices: known, currency }) => (
          <ul className="grid empty:hidden">
            {known.map((price) => (
              <Row key={price.model} price={price} currency={currency} />
            ))}
          </ul>
        )}
      </QueryResult>
      <Setting />
    </Section>
  );
}

function Row({ price, currency }: { price: Price; currency: string }) {
  const { say, dates } = useSpeech();
  const words = say.settings.usage;
  const { remove } = usePriceActs();
  const { busy, error, run } = useAction();
  const money = (amount: number) => dates.number(amount, moneyOptions(currency, amount));
  return (
    <li className="flex items-center gap-3 border-line py-1.5 not-first:border-t">
      <span className="min-w-0 flex-1">
        <span className="block font-medium wrap-anywhere">{price.model}</span>
        <span className="block text-sm text-soft">
          {words.priced(money(price.prompt), money(price.completion))}
        </span>
        <ActionError error={error} />
      </span>
      <IconButton
        icon="trash"
        label={words.removeNamed(price.model)}
        disabled={busy}
        onClick={() => void run(() => remove(price.model))}
      />
    </li>
  );
}

function Setting() {
  const { say } = useSpeech();
  const words = say.settings.usage;
  const models = useModels();
  const { set } = usePriceActs();
  const { busy, error, run } = useAction();
  const [model, setModel] = useState("");
  const [typed, setTyped] = useState(EMPTY);
  const remote = (models.data?.models ?? []).filter((each) => each.origin !== "pack");
  const box = (name: keyof typeof EMPTY): InputHTMLAttributes<HTMLInputElement> => ({
    value: typed[name],
    onChange: (event) => setTyped({ ...typed, [name]: event.target.value }),
  });
  const save = (event: FormEvent) => {
    event.preventDefault();
    const cached = typed.cached === "" ? null : Number(typed.cached);
    const price = { prompt: Number(typed.prompt), completion: Number(typed.completion), cached };
    void run(
      () => set({ model, ...price }),
      () => {
        setModel("");
        setTyped(EMPTY);
      },
    );
  };
  return (
    <form onSubmit={save} className="grid gap-3 border-t border-line pt-4">
      <Select
        label={words.model}
        value={model}
        empty={words.choose}
        options={remote.map(({ name }) => ({ value: name, label: name }))}
        onChange={setModel}
      />
      <div className="grid items-start gap-3 sm:grid-cols-3">
        <Field label={words.promptPrice} required {...AMOUNT} {...box("prompt")} />
        <Field label={words.cachedPrice} hint={words.cachedHint} {...AMOUNT} {...box("cached")} />
        <Field label={words.completionPrice} required {...AMOUNT} {...box("completion")} />
      </div>
      <ActionError error={error} />
      <Button
        kind="main"
        type="submit"
        className="justify-self-start"
        disabled={busy || model === ""}
      >
        {words.save}
      </Button>
    </form>
  );
}
