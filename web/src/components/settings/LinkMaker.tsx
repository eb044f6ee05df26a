import { useState } from "react";
import { isLoopback } from "../../core/models";
import { spanOf } from "../../core/settings";
import type { OneTimeLink } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { ActionError } from "../QueryResult";
import { OneTimeSecret } from "./OneTimeSecret";

interface Props {
  /** The label of the button. */
  action: string;
  label: string;
  note: (time: string) => string;
  make: () => Promise<OneTimeLink>;
}

/** Creates a one-time link and shows it once. */
export function LinkMaker({ action, label, note, make }: Props) {
  const { settings } = useStrings();
  const { busy, error, run } = useAction();
  const [link, setLink] = useState<OneTimeLink | null>(null);
  if (link) {
    const { count, unit } = spanOf(link.expires_in_seconds);
    return (
      <OneTimeSecret
        label={label}
        text={link.url}
        note={note(settings.span(count, unit))}
        warning={isLoopback(link.url) ? settings.devices.onlyHere : null}
        onDone={() => setLink(null)}
      />
    );
  }
  return (
    <>
      <ActionError error={error} />
      <Button
        kind="main"
        icon="link"
        className="justify-self-start"
        disabled={busy}
        onClick={() => void run(make, setLink)}
      >
        {action}
      </Button>
    </>
  );
}
