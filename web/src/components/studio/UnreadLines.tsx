import type { Source } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";

const MOST = 20;

/** The lines of a file that couldn't be read, with the reasons. */
export function UnreadLines({ problems }: { problems: Source["problems"] }) {
  const { dates } = useSpeech();
  const { examples: words, findings } = useStudioStrings();
  if (problems.length === 0) return null;
  return (
    <details className="text-sm">
      <summary className="text-danger">{words.unread(dates.number(problems.length))}</summary>
      <ul className="mt-1.5 grid gap-1 text-soft">
        {problems.slice(0, MOST).map(({ line, field, reason }) => (
          <li key={`${line} ${field} ${reason}`} className="wrap-anywhere">
            {[
              line === null ? "" : words.line(dates.number(line)),
              field,
              words.unreadReason(reason),
            ]
              .filter(Boolean)
              .join(" · ")}
          </li>
        ))}
        {problems.length > MOST && <li>{findings.more(dates.number(problems.length - MOST))}</li>}
      </ul>
    </details>
  );
}
