import { type FormEvent, useState } from "react";
import { session } from "../../core/session";
import {
  canLock,
  dropCopy,
  keepLocked,
  keepOpen,
  LEAST_PASSPHRASE,
  type PlanPart,
  planCopy,
} from "../../core/space/planCopy";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { useStore } from "../../hooks/useStore";
import { Button } from "../Button";
import { Field } from "../Field";
import { Section } from "../Page";

interface Props {
  version: string;
  parts: PlanPart[];
}

/** Whether a copy of the plan is on this device: none unless it's asked for. */
export function CopySettings({ version, parts }: Props) {
  const say = useSpaceStrings();
  const here = useStore(session);
  const kept = useStore(planCopy);
  if (here.state !== "in") return null;
  const person = here.me.id;
  const copy = kept?.person === person ? kept : null;
  const isOld = copy?.kind === "locked" && copy.version !== version;
  const state = copy === null ? say.planNone : copy.kind === "open" ? say.planOpen : say.planLocked;
  return (
    <Section title={say.planOffline} about={`${state} ${isOld ? say.planOld : ""}`}>
      {copy && (
        <Button className="justify-self-start" onClick={dropCopy}>
          {say.dropCopy}
        </Button>
      )}
      {(!copy || isOld) && (
        <>
          <Locking onLock={(words) => keepLocked(person, version, parts, words)} />
          <Opening onKeep={() => keepOpen(person, version, parts)} />
        </>
      )}
    </Section>
  );
}

function Locking({ onLock }: { onLock: (passphrase: string) => Promise<void> }) {
  const say = useSpaceStrings();
  const [passphrase, setPassphrase] = useState("");
  if (!canLock()) return <p className="text-soft">{say.cannotLock}</p>;
  const lock = (event: FormEvent) => {
    event.preventDefault();
    void onLock(passphrase);
  };
  return (
    <form onSubmit={lock} className="grid gap-3">
      <Field
        label={say.passphrase}
        hint={say.passphraseHint}
        type="password"
        autoComplete="new-password"
        value={passphrase}
        onChange={(event) => setPassphrase(event.target.value)}
      />
      <Button
        type="submit"
        icon="lock"
        className="justify-self-start"
        disabled={passphrase.length < LEAST_PASSPHRASE}
      >
        {say.keepLocked}
      </Button>
    </form>
  );
}

/** A copy that anybody on this device can read takes a tick first. */
function Opening({ onKeep }: { onKeep: () => void }) {
  const say = useSpaceStrings();
  const [ticked, setTicked] = useState(false);
  return (
    <div className="grid gap-3 border-t border-line pt-4">
      <label className="flex items-start gap-3">
        <input
          type="checkbox"
          checked={ticked}
          onChange={(event) => setTicked(event.target.checked)}
          className="mt-1 size-4.5 shrink-0 accent-accent"
        />
        <span>{say.keepOpenTick}</span>
      </label>
      <Button className="justify-self-start" disabled={!ticked} onClick={onKeep}>
        {say.keepOpen}
      </Button>
    </div>
  );
}
