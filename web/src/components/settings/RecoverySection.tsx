import { useState } from "react";
import { useAccountActs, useMe } from "../../hooks/useAccount";
import { useAction } from "../../hooks/useAction";
import { useSpeech } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";
import { OneTimeSecret } from "./OneTimeSecret";

/** The recovery code. */
export function RecoverySection() {
  const { say, dates } = useSpeech();
  const words = say.settings.account;
  const me = useMe();
  const { makeRecoveryCode } = useAccountActs();
  const { busy, error, run } = useAction();
  const [code, setCode] = useState<string | null>(null);
  const has = me.has_recovery_code;
  const today = dates.fullDay(Date.now() / 1000);
  return (
    <Section title={words.recovery} about={has ? words.hasRecovery : words.noRecovery}>
      {code ? (
        <>
          <OneTimeSecret
            label={words.code}
            text={code}
            note={say.settings.shownOnce}
            onDone={() => setCode(null)}
            onPrint={() => print()}
          />
          <p className="hidden print:block">{words.printed(me.name, today, location.origin)}</p>
        </>
      ) : (
        <Button
          className="justify-self-start"
          disabled={busy}
          onClick={() => void run(makeRecoveryCode, setCode)}
        >
          {has ? words.makeRecoveryAgain : words.makeRecovery}
        </Button>
      )}
      <ActionError error={error} />
    </Section>
  );
}
