import { useState } from "react";
import { showToast } from "../../core/toast";
import type { Release } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useReleaseActs } from "../../hooks/useReleases";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { ActionError } from "../QueryResult";
import { ShareField } from "./ShareField";

/** Gives a release on trial another share of the callers, or all of them. */
export function ChangeShare({ project, release }: { project: string; release: Release }) {
  const { releases: words } = useStudioStrings();
  const acts = useReleaseActs(project);
  const { busy, error, run } = useAction();
  const [share, setShare] = useState(release.share);
  const change = (to: number) =>
    void run(
      () => acts.share(release.model, release.alias, to),
      () => showToast(words.shareChanged),
    );
  return (
    <div className="grid gap-3">
      <ShareField share={share} onChange={setShare} />
      <div className="flex flex-wrap gap-2">
        <Button disabled={busy || share === release.share} onClick={() => change(share)}>
          {words.changeShare}
        </Button>
        <Button disabled={busy} onClick={() => change(0)}>
          {words.giveAll}
        </Button>
      </div>
      <ActionError error={error} />
    </div>
  );
}
