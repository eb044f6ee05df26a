import { useState } from "react";
import { answersNow } from "../../core/studio/releases";
import type { Release } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Notice } from "../Notice";
import { ChangeShare } from "./ChangeShare";
import { Mark } from "./Mark";
import { RollBackDialog } from "./RollBackDialog";

/** A release: where it stands, its share, and a way back. */
export function ReleaseRow({ project, release }: { project: string; release: Release }) {
  const { dates } = useSpeech();
  const { releases: words } = useStudioStrings();
  const [asked, setAsked] = useState(false);
  const { alias, model, standing, share, withdrawn } = release;
  const why = [release.automatic ? words.automatically : "", release.reason].filter(Boolean);
  return (
    <li className="grid gap-3 border-line py-3.5 not-first:border-t">
      <div className="flex flex-wrap items-start gap-3">
        <div className="grid min-w-0 flex-1 basis-64 gap-0.5">
          <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
            <span className="font-medium">{alias}</span>
            <Mark>
              {standing === "share"
                ? words.shareValue(dates.number(share))
                : words.states[standing]}
            </Mark>
          </p>
          <p className="text-sm wrap-anywhere text-soft">
            {model} · {dates.when(release.at)}
          </p>
          {why.length > 0 && <p className="text-sm wrap-anywhere text-soft">{why.join(" ")}</p>}
        </div>
        {answersNow(release) && (
          <Button icon="undo" onClick={() => setAsked(true)}>
            {words.rollBack}
          </Button>
        )}
      </div>
      {withdrawn > 0 && <Notice failure>{words.withdrawn(dates.number(withdrawn))}</Notice>}
      {standing === "share" && <ChangeShare key={share} project={project} release={release} />}
      {asked && (
        <RollBackDialog project={project} release={release} onClose={() => setAsked(false)} />
      )}
    </li>
  );
}
