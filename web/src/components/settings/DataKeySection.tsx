import { useState } from "react";
import { showToast } from "../../core/toast";
import { useAccountActs, useMe } from "../../hooks/useAccount";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Field } from "../Field";
import { Section } from "../Page";
import { ConfirmDialog } from "./ConfirmDialog";
import { OneTimeSecret } from "./OneTimeSecret";

/** The change of the data key, and the recovery code that comes with it. */
export function DataKeySection() {
  const say = useStrings();
  const words = say.settings.account;
  const me = useMe();
  const { changeDataKey } = useAccountActs();
  const [asking, setAsking] = useState(false);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState<string | null>(null);
  const close = () => {
    setAsking(false);
    setPassword("");
  };
  return (
    <Section title={words.dataKey} about={words.dataKeyAbout}>
      {code ? (
        <OneTimeSecret
          label={words.code}
          text={code}
          note={say.settings.shownOnce}
          onDone={() => setCode(null)}
        />
      ) : (
        <Button className="justify-self-start" onClick={() => setAsking(true)}>
          {words.changeDataKey}
        </Button>
      )}
      {asking && (
        <ConfirmDialog
          title={words.changeDataKeyTitle}
          text={words.changeDataKeyText}
          action={words.changeDataKeyNow}
          act={async () => setCode(await changeDataKey(me.has_password ? password : null))}
          onClose={close}
          onDone={() => showToast(words.dataKeyChanged)}
        >
          {me.has_password && (
            <Field
              label={words.currentPassword}
              type="password"
              autoComplete="current-password"
              required
              autoFocus
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </ConfirmDialog>
      )}
    </Section>
  );
}
