import { type FormEvent, useState } from "react";
import { showToast } from "../../core/toast";
import { useAccountActs, useMe } from "../../hooks/useAccount";
import { useAction } from "../../hooks/useAction";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Field, Switch } from "../Field";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";
import { ConfirmDialog } from "./ConfirmDialog";
import { DataKeySection } from "./DataKeySection";
import { InlineCode } from "./InlineCode";
import { PasswordSection } from "./PasswordSection";
import { RecoverySection } from "./RecoverySection";

/** The account page: name, credentials, sign-out and removal. */
export function AccountView() {
  const { owner } = useMe();
  return (
    <>
      <div className="grid gap-6 print:hidden">
        <NameSection />
        <PasswordSection />
      </div>
      <RecoverySection />
      <div className="grid gap-6 print:hidden">
        <AwaySection />
        <DataKeySection />
        <SignOutSection />
        {!owner && <RemoveSection />}
      </div>
    </>
  );
}

function NameSection() {
  const say = useStrings();
  const words = say.settings.account;
  const me = useMe();
  const { change } = useAccountActs();
  const { busy, error, run } = useAction();
  const [name, setName] = useState(me.name);
  const save = (event: FormEvent) => {
    event.preventDefault();
    void run(
      () => change({ name: name.trim() }),
      () => showToast(say.settings.saved),
    );
  };
  return (
    <Section title={words.name} about={words.nameAbout}>
      <form onSubmit={save} className="flex flex-wrap items-end gap-2">
        <Field
          label={words.name}
          value={name}
          maxLength={80}
          dir="auto"
          autoComplete="username"
          className="min-w-0 flex-1 basis-56"
          onChange={(event) => setName(event.target.value)}
        />
        <Button
          type="submit"
          disabled={busy || !name.trim() || name.trim() === me.name}
          className="min-h-10.5"
        >
          {say.shell.save}
        </Button>
      </form>
      <ActionError error={error} />
    </Section>
  );
}

function AwaySection() {
  const words = useStrings().settings.account;
  const me = useMe();
  const { change } = useAccountActs();
  const { busy, error, run } = useAction();
  const needsWayIn = me.learns_while_away && !me.has_password && !me.has_recovery_code;
  return (
    <Section title={words.away}>
      <Switch
        label={words.awayLabel}
        hint={me.learns_while_away ? words.awayHint : `${words.awayHint} ${words.awayOff}`}
        checked={me.learns_while_away}
        disabled={busy || needsWayIn}
        onChange={(learns) => void run(() => change({ learns_while_away: learns }))}
      />
      {needsWayIn && <p className="text-sm text-soft">{words.awayNeeds}</p>}
      <ActionError error={error} />
    </Section>
  );
}

function SignOutSection() {
  const words = useStrings().settings.account;
  const me = useMe();
  const { signOut } = useAccountActs();
  const { busy, error, run } = useAction();
  return (
    <Section title={words.signOut} about={words.signOutAbout}>
      {!me.has_password && !me.has_recovery_code && (
        <p>
          <InlineCode text={words.signOutWarning} />
        </p>
      )}
      <ActionError error={error} />
      <Button
        icon="leave"
        className="justify-self-start"
        disabled={busy}
        onClick={() => void run(signOut)}
      >
        {words.signOut}
      </Button>
    </Section>
  );
}

function RemoveSection() {
  const words = useStrings().settings.account;
  const me = useMe();
  const { removeMyself } = useAccountActs();
  const [asking, setAsking] = useState(false);
  return (
    <Section title={words.removeMe} about={words.removeMeAbout}>
      <Button
        kind="danger"
        icon="trash"
        className="justify-self-start"
        onClick={() => setAsking(true)}
      >
        {words.removeMe}
      </Button>
      {asking && (
        <ConfirmDialog
          title={words.removeMeTitle}
          text={words.removeMeText}
          action={words.removeMeNow}
          name={me.name}
          act={() => removeMyself(me.id)}
          onClose={() => setAsking(false)}
        />
      )}
    </Section>
  );
}
