import { useId } from "react";
import { MOST_SHARE } from "../../core/studio/releases";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";

/** A slider for the share of the callers, in percent. */
export function ShareField({
  share,
  onChange,
}: {
  share: number;
  onChange: (share: number) => void;
}) {
  const id = useId();
  const { dates } = useSpeech();
  const { releases: words } = useStudioStrings();
  const text = words.shareValue(dates.number(share));
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="flex justify-between gap-3 text-sm text-soft">
        {words.share}
        <output htmlFor={id} className="text-ink tabular-nums">
          {text}
        </output>
      </label>
      <input
        id={id}
        type="range"
        min={1}
        max={MOST_SHARE}
        value={share}
        aria-valuetext={text}
        onChange={(event) => onChange(Number(event.target.value))}
        className="h-8 w-full accent-accent sm:max-w-80"
      />
    </div>
  );
}
