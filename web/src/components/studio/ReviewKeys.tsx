import { REVIEW_KEYS } from "../../core/studio/review";
import { useStudioStrings } from "../../hooks/useStudioStrings";

/** The keys of the review; a phone has none. */
export function ReviewKeys() {
  const { examples: words } = useStudioStrings();
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 [@media(hover:none)]:hidden">
      {words.keys}
      {Object.entries(REVIEW_KEYS).map(([key, act]) => (
        <span key={key} className="inline-flex items-center gap-1.5">
          <kbd className="rounded-md border border-line bg-sheet px-1.5 font-mono text-xs/5 text-ink">
            {key}
          </kbd>
          {words.acts[act]}
        </span>
      ))}
    </p>
  );
}
