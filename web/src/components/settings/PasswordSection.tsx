import { type FormEvent, useState } from "react";
import { SHORTEST_PASSWORD } from "../../core/settings";
import { showToast } from "../../core/toast";
import { useAccountActs, useMe } from "../../hooks/useAccount";
import { useAction } from "../../hooks/useAction";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Field, Switch } from "../Field";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";

/** The password for other devices. */
export function PasswordSection() {
  const words = useStrings().settings.account;
  const me = useMe();
  const { setPassword } = useAccountActs();
  const { busy, error, run } = useAction();
  const [password, setTyped] = useState("");
  const [signOutOthers, setSignOutOthers] = useState(false);
  const save = (event: FormEvent) => {
    event.preventDefault();
    void run(
      () => setPassword(password, signOutOthers),
      () => {
        setTyped("");
        setSignOutOthers(false);
        showToast(words.passwordSet);
      },
    );
  };
  return (
    <Section title={words.password} about={me.has_password ? words.hasPassword : words.noPassword}>
      <form onSubmit={save} className="grid gap-4">
        {/* So that a password manager knows whose password this is. */}
        <input
          type="text"
          name="username"
          autoComplete="username"
          value={me.name}
          readOnly
          hidden
        />
        <Field
          label={words.newPassword}
          hint={words.passwordHint(SHORTEST_PASSWORD)}
          type="password"
          autoComplete="new-password"
          minLength={SHORTEST_PASSWORD}
          required
          value={password}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Switch label={words.signOutOthers} checked={signOutOthers} onChange={setSignOutOthers} />
        <ActionError error={error} />
        <Button
          type="submit"
          className="justify-self-start"
          disabled={busy || [...password].length < SHORTEST_PASSWORD}
        >
          {words.setPassword}
        </Button>
      </form>
    </Section>
  );
}
