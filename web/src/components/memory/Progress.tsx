import { useSpeech } from "../../hooks/useStrings";

interface Props {
  label: string;
  /** From 0 to 1; `null` while unknown. */
  part: number | null;
  /** A line below the bar, such as bytes or counts. */
  detail?: string | undefined;
}

/** A progress bar with a label. */
export function Progress({ label, part, detail }: Props) {
  const { dates } = useSpeech();
  const percent = dates.number(part ?? 0, { style: "percent", maximumFractionDigits: 0 });
  return (
    <div className="grid gap-1.5">
      <div className="flex items-baseline justify-between gap-3">
        <span dir="auto" className="min-w-0 wrap-anywhere">
          {label}
        </span>
        {part !== null && <span className="text-sm text-soft tabular-nums">{percent}</span>}
      </div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={part === null ? undefined : Math.round(part * 100)}
        className="h-1.5 overflow-hidden rounded-full bg-wash"
      >
        <div
          className={`h-full rounded-full bg-accent ${part === null ? "w-full animate-pulse" : "transition-[width]"}`}
          style={part === null ? undefined : { width: percentOf(part) }}
        />
      </div>
      {detail && <p className="text-sm text-soft tabular-nums">{detail}</p>}
    </div>
  );
}

const percentOf = (part: number): string => `${Math.max(1, part * 100)}%`;
