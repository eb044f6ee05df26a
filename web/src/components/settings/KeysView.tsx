import { type FormEvent, useState } from "react";
import type { ApiKey } from "../../core/types";
import { useKeys, useSlotActs } from "../../hooks/useAccount";
import { useAction } from "../../hooks/useAction";
import { useLimitWords } from "../../hooks/useLimitWords";
import { useSpeech } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Field } from "../Field";
import { Section } from "../Page";
import { ActionError, QueryResult } from "../QueryResult";
import { KeyLimitsDialog } from "./KeyLimitsDialog";
import { OneTimeSecret } from "./OneTimeSecret";
import { SlotRow } from "./SlotRow";

/** The page of API keys. */
export function KeysView() {
  const { say } = useSpeech();
  const words = say.settings.keys;
  const keys = useKeys();
  return (
    <>
      <Section title={words.title} about={words.about}>
        <QueryResult query={keys}>
          {({ items }) => (
            <ul className="grid">
              {items.map((slot) => (
                <Key key={slot.id} slot={slot} />
              ))}
              {items.length === 0 && <li className="text-soft">{words.empty}</li>}
            </ul>
          )}
        </QueryResult>
        <Making />
      </Section>
      <Section title={words.example} about={words.exampleAbout}>
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard
          tabIndex={0}
          className="overflow-x-auto rounded-xl bg-wash p-4 text-sm"
        >
          <code>{exampleOf(location.origin, words.exampleWords)}</code>
        </pre>
      </Section>
    </>
  );
}

function Key({ slot }: { slot: ApiKey }) {
  const { say, dates } = useSpeech();
  const [limiting, setLimiting] = useState(false);
  const more = useLimitWords(slot);
  const words = say.settings.keys;
  const { revoke } = useSlotActs();
  const used = slot.used_at === null ? words.unused : words.used(dates.when(slot.used_at));
  return (
    <SlotRow
      label={slot.label}
      about={`${words.made(dates.fullDay(slot.created_at))} · ${used}`}
      more={more}
      action={
        <>
          <Button
            aria-label={say.settings.limits.editNamed(slot.label)}
            onClick={() => setLimiting(true)}
          >
            {say.settings.limits.edit}
          </Button>
          {limiting && <KeyLimitsDialog item={slot} onClose={() => setLimiting(false)} />}
        </>
      }
      end={{
        label: words.revoke,
        named: words.revokeNamed(slot.label),
        title: words.revokeTitle(slot.label),
        text: words.revokeText,
        act: () => revoke("keys", slot.id),
      }}
    />
  );
}

function Making() {
  const { say } = useSpeech();
  const words = say.settings.keys;
  const { makeKey } = useSlotActs();
  const { busy, error, run } = useAction();
  const [label, setLabel] = useState("");
  const [key, setKey] = useState<string | null>(null);
  const make = (event: FormEvent) => {
    event.preventDefault();
    void run(
      () => makeKey(label.trim()),
      (made) => {
        setKey(made);
        setLabel("");
      },
    );
  };
  if (key) {
    return (
      <OneTimeSecret
        label={words.newKey}
        text={key}
        note={say.settings.shownOnce}
        onDone={() => setKey(null)}
      />
    );
  }
  return (
    <form onSubmit={make} className="grid gap-3 border-t border-line pt-4">
      <Field
        label={words.label}
        hint={words.labelHint}
        value={label}
        maxLength={200}
        dir="auto"
        onChange={(event) => setLabel(event.target.value)}
      />
      <ActionError error={error} />
      <Button
        kind="main"
        icon="key"
        type="submit"
        className="justify-self-start"
        disabled={busy || !label.trim()}
      >
        {words.make}
      </Button>
    </form>
  );
}

function exampleOf(origin: string, words: string): string {
  return `from openai import OpenAI

client = OpenAI(base_url="${origin}/v1", api_key="tau-...")
answer = client.chat.completions.create(
    model="tau",
    messages=[{"role": "user", "content": "${words}"}],
)
print(answer.choices[0].message.content)`;
}
