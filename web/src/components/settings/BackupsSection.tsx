import { useState } from "react";
import { part } from "../../core/http";
import { restoreCommand } from "../../core/settings";
import { showToast } from "../../core/toast";
import type { Backup, ServerInfo } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useBackupActs } from "../../hooks/useServer";
import { useSpeech } from "../../hooks/useStrings";
import { Button, IconButton } from "../Button";
import { Icon } from "../Icon";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";
import { ConfirmDialog } from "./ConfirmDialog";
import { InlineCode } from "./InlineCode";

/** Backups: create, download and delete them, and how to restore one. */
export function BackupsSection({ facts }: { facts: ServerInfo }) {
  const words = useSpeech().say.settings.data;
  const { make } = useBackupActs();
  const { busy, error, run } = useAction();
  if (facts.database === "postgresql") {
    return (
      <Section title={words.backups}>
        <p className="text-soft">
          <InlineCode text={words.backupsElsewhere} />
        </p>
      </Section>
    );
  }
  return (
    <Section title={words.backups} about={words.backupsAbout}>
      <ul className="grid">
        {facts.backups.map((backup) => (
          <BackupRow key={backup.name} backup={backup} />
        ))}
        {facts.backups.length === 0 && <li className="text-soft">{words.none}</li>}
      </ul>
      <ActionError error={error} />
      <Button
        kind="main"
        className="justify-self-start"
        disabled={busy}
        onClick={() => void run(make, () => showToast(words.made))}
      >
        {busy ? words.making : words.make}
      </Button>
      <Restoring command={restoreCommand(facts.home, facts.backups[0]?.name ?? null)} />
    </Section>
  );
}

function BackupRow({ backup }: { backup: Backup }) {
  const { say, dates } = useSpeech();
  const words = say.settings.data;
  const { remove } = useBackupActs();
  const [asking, setAsking] = useState(false);
  const isOwn = backup.name.startsWith("before-");
  return (
    <li className="flex min-h-14 items-center gap-2 border-line py-2 not-first:border-t">
      <div className="min-w-0 flex-1">
        <p className="font-medium">{dates.moment(backup.at)}</p>
        <p className="text-sm text-soft wrap-anywhere">
          {[dates.bytes(backup.bytes), isOwn && words.byTau, backup.name]
            .filter(Boolean)
            .join(" · ")}
        </p>
      </div>
      <a
        href={`/api/backups/${part(backup.name)}`}
        download={backup.name}
        aria-label={words.getNamed(backup.name)}
        title={words.get}
        className="inline-flex size-10 shrink-0 items-center justify-center rounded-xl text-soft hover:bg-wash hover:text-ink"
      >
        <Icon name="bring" />
      </a>
      <IconButton
        icon="trash"
        label={words.deleteNamed(backup.name)}
        onClick={() => setAsking(true)}
      />
      {asking && (
        <ConfirmDialog
          title={words.deleteTitle}
          text={`${dates.moment(backup.at)}. ${words.deleteText}`}
          action={words.deleteNow}
          act={() => remove(backup.name)}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}

function Restoring({ command }: { command: string }) {
  const words = useSpeech().say.settings.data;
  return (
    <div className="grid gap-2 border-t border-line pt-4">
      <h3 className="font-medium">{words.restore}</h3>
      <p className="text-soft">{words.restoreSteps}</p>
      <pre className="rounded-xl bg-wash px-4 py-2.5 text-sm wrap-anywhere whitespace-pre-wrap">
        <code dir="ltr">{command}</code>
      </pre>
      <p className="text-soft">
        <InlineCode text={words.guard} />
      </p>
    </div>
  );
}
