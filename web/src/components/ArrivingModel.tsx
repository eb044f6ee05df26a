import { useEffect } from "react";
import { arrivingModel, shareOf } from "../core/models";
import { showToast } from "../core/toast";
import type { Download, Model } from "../core/types";
import { useMe } from "../hooks/useAccount";
import { useAction } from "../hooks/useAction";
import { useModelActs, useModels, usePull } from "../hooks/useModels";
import { useSpeech } from "../hooks/useStrings";
import { Button } from "./Button";
import { Notice } from "./Notice";

/** The better built-in model while it is downloaded, and a toast when it answers. */
export function ArrivingModel() {
  const { owner } = useMe();
  const { data } = useModels();
  const model = owner && data ? arrivingModel(data) : null;
  return model && <Arriving model={model} />;
}

function Arriving({ model }: { model: Model }) {
  const words = useSpeech().say.talk;
  const pull = usePull(model.name);
  const isDone = pull?.state === "done";
  useEffect(() => {
    if (isDone) showToast(words.arrived(model.name));
  }, [isDone, model.name, words]);
  if (pull === null || isDone) return null;
  return pull.state === "failed" ? <Failed download={pull} /> : <Running download={pull} />;
}

function Running({ download }: { download: Download }) {
  const { say, dates } = useSpeech();
  const share = shareOf(download);
  const percent = dates.number(share ?? 0, { style: "percent", maximumFractionDigits: 0 });
  return (
    <p role="status" className="px-1 text-sm text-soft">
      {share === 1
        ? say.talk.arrivingSoon(download.name)
        : say.talk.arriving(download.name, percent)}
    </p>
  );
}

function Failed({ download }: { download: Download }) {
  const { say } = useSpeech();
  const acts = useModelActs();
  const again = useAction();
  return (
    <Notice>
      <p>{say.talk.notArrived(download.sentence)}</p>
      <Button disabled={again.busy} onClick={() => void again.run(() => acts.pull(download.name))}>
        {say.talk.downloadAgain}
      </Button>
    </Notice>
  );
}
