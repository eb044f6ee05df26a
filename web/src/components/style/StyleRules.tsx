import { useState } from "react";
import type { StyleRule } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";
import { useStyleActs, useStyleStrings } from "../../hooks/useStyle";
import { Button, IconButton } from "../Button";
import { Field } from "../Field";
import { ActionError } from "../QueryResult";

/** The rules that are known, each with where it comes from and the day; and a field for another. */
export function StyleRules({ rules }: { rules: readonly StyleRule[] }) {
  const say = useStyleStrings();
  const acts = useStyleActs();
  return (
    <>
      {rules.length === 0 && <p className="text-soft">{say.empty}</p>}
      <ul className="grid gap-2">
        {rules.map((rule) => (
          <li key={rule.fact} className="flex items-start gap-2">
            <div className="min-w-0 flex-1">
              <p dir="auto" className={`wrap-anywhere ${rule.applies ? "" : "text-soft"}`}>
                {rule.text}
              </p>
              <Source rule={rule} />
            </div>
            <IconButton
              icon="trash"
              label={say.remove(rule.text)}
              disabled={acts.busy}
              onClick={() => acts.remove(rule.fact)}
            />
          </li>
        ))}
      </ul>
      <AddRule />
      <ActionError error={acts.error} />
    </>
  );
}

function Source({ rule }: { rule: StyleRule }) {
  const say = useStyleStrings();
  const { dates } = useSpeech();
  const said = rule.messages.length ? say.said(rule.messages.length) : say.added;
  const source = rule.documents.length ? say.sampled(rule.documents.join(", ")) : said;
  const readers = rule.audience && say.onlyFor(rule.audience);
  const parts = [source, dates.day(rule.said_on), readers].filter(Boolean).join(" · ");
  return (
    <p dir="auto" className="text-sm text-soft wrap-anywhere">
      {parts}
      {!rule.applies && <span className="block">{say.replaced}</span>}
    </p>
  );
}

function AddRule() {
  const say = useStyleStrings();
  const acts = useStyleActs();
  const [rule, setRule] = useState("");
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        acts.add(rule, () => setRule(""));
      }}
    >
      <Field
        label={say.rule}
        hint={say.ruleHint}
        dir="auto"
        autoComplete="off"
        maxLength={300}
        value={rule}
        onChange={(event) => setRule(event.target.value)}
      />
      <Button type="submit" disabled={!rule.trim() || acts.busy} className="justify-self-start">
        {say.add}
      </Button>
      <ActionError error={acts.error} />
    </form>
  );
}
