import { type FormEvent, useState } from "react";
import { UNNAMED } from "../../core/names";
import { LANGUAGES, prefer, preferences } from "../../core/preferences";
import { LANGUAGE_NAMES } from "../../core/strings";
import { useMe } from "../../hooks/useAccount";
import { useAction } from "../../hooks/useAction";
import { useOnboarding } from "../../hooks/useOnboarding";
import { useStore } from "../../hooks/useStore";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Choice } from "../Choice";
import { Field } from "../Field";
import { ActionError } from "../QueryResult";

/** The step that asks for name and language. */
export function NameStep({ onDone, onSkip }: { onDone: () => void; onSkip: () => void }) {
  const words = useStrings().start;
  const me = useMe();
  const { language } = useStore(preferences);
  const { name: keep } = useOnboarding();
  const { busy, error, run } = useAction();
  const [name, setName] = useState(me.name === UNNAMED ? "" : me.name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const typed = name.trim();
    void run(() => keep(typed === me.name ? "" : typed), onDone);
  };
  return (
    <>
      <img src="/icon.svg" alt="" width={52} height={52} />
      <div className="grid gap-2">
        <h1 className="font-serif text-4xl">{words.hello}</h1>
        <p className="font-serif text-xl/relaxed text-soft">{words.helloAbout}</p>
      </div>
      <form onSubmit={submit} className="grid gap-6">
        <Field
          label={words.name}
          name="name"
          value={name}
          maxLength={80}
          dir="auto"
          autoComplete="given-name"
          autoFocus
          onChange={(event) => setName(event.target.value)}
        />
        <Choice
          label={words.language}
          value={language}
          options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
          onChange={(chosen) => prefer({ language: chosen })}
        />
        <ActionError error={error} />
        <div className="flex flex-wrap items-center gap-2">
          <Button kind="main" type="submit" disabled={busy}>
            {words.next}
          </Button>
          <Button kind="quiet" onClick={onSkip}>
            {words.skip}
          </Button>
        </div>
      </form>
    </>
  );
}
