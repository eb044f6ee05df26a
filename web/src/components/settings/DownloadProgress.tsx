import { shareOf } from "../../core/models";
import type { Download } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";

/** The progress of a download, or its error. */
export function DownloadProgress({ download }: { download: Download }) {
  const { say, dates } = useSpeech();
  const words = say.settings.models;
  if (download.state === "done") return null;
  if (download.state === "failed") {
    return (
      <p role="alert" className="text-sm text-danger">
        {words.downloadFailed(download.sentence)}
      </p>
    );
  }
  const share = shareOf(download);
  const progress =
    share === null
      ? words.preparing
      : words.progress(dates.bytes(download.bytes_done), dates.bytes(download.bytes_total));
  return (
    <div className="grid gap-1.5">
      <div
        role="progressbar"
        aria-label={words.downloading(download.name)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share === null ? undefined : Math.round(share * 100)}
        aria-valuetext={progress}
        className="h-1.5 overflow-hidden rounded-full bg-wash"
      >
        <div
          className={`h-full rounded-full bg-accent transition-[width] ${share === null ? "breathe" : ""}`}
          style={{ width: `${(share ?? 1) * 100}%` }}
        />
      </div>
      <p className="text-sm text-soft">{progress}</p>
    </div>
  );
}
