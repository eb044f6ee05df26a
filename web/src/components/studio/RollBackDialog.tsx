import { useState } from "react";
import { showToast } from "../../core/toast";
import type { Release } from "../../core/types";
import { useReleaseActs } from "../../hooks/useReleases";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Field } from "../Field";
import { ConfirmDialog } from "../settings/ConfirmDialog";

interface Props {
  project: string;
  release: Release;
  onClose: () => void;
}

/** Asks before a release is taken back, and for the reason. */
export function RollBackDialog({ project, release, onClose }: Props) {
  const { releases: words } = useStudioStrings();
  const acts = useReleaseActs(project);
  const [reason, setReason] = useState("");
  const { model, alias } = release;
  return (
    <ConfirmDialog
      title={words.rollBackTitle}
      text={words.rollBackText(alias)}
      action={words.rollBack}
      act={() => acts.rollBack(model, alias, reason.trim())}
      onClose={onClose}
      onDone={() => showToast(words.rolledBack(alias))}
    >
      <Field
        label={words.reason}
        value={reason}
        dir="auto"
        maxLength={500}
        autoComplete="off"
        onChange={(event) => setReason(event.target.value)}
      />
    </ConfirmDialog>
  );
}
