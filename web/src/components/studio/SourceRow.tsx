import type { Source } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { UnreadLines } from "./UnreadLines";

/** A file that examples came from: its licence and trust, and what couldn't be read. */
export function SourceRow({ source }: { source: Source }) {
  const { dates } = useSpeech();
  const { general, examples: words } = useStudioStrings();
  const facts = [
    general.exampleCount(dates.number(source.examples)),
    words.trusts[source.trust],
    source.licence,
  ].filter(Boolean);
  return (
    <li className="grid gap-1.5 border-line px-4 py-3.5 not-first:border-t sm:px-5">
      <span dir="auto" className="font-medium wrap-anywhere">
        {source.name}
      </span>
      <span className="text-sm text-soft">{facts.join(" · ")}</span>
      <UnreadLines problems={source.problems} />
    </li>
  );
}
