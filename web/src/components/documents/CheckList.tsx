import type { useChecks } from "../../hooks/useDocuments";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { QueryResult } from "../QueryResult";

interface Props {
  checks: ReturnType<typeof useChecks>;
  /** How many findings stand beside the paragraphs that they're about. */
  beside: number;
}

/** What the checks find about the whole document. */
export function CheckList({ checks, beside }: Props) {
  const say = useWritingStrings();
  return (
    <section className="grid gap-2" aria-label={say.checks}>
      <h2 className="font-serif text-lg">{say.checks}</h2>
      <QueryResult query={checks}>
        {({ findings, english_unchecked }) => (
          <>
            <p className="text-sm text-soft">
              {findings.length ? beside > 0 && say.besideText(beside) : say.nothingFound}
            </p>
            <ul className="grid gap-2 text-sm">
              {findings
                .filter((mark) => !mark.block)
                .map((mark) => (
                  <li key={mark.rule} className="rounded-xl border border-line px-3 py-2">
                    <p dir="auto">{mark.message}</p>
                    <p className="text-soft">
                      {say.from[mark.by as keyof typeof say.from] ?? mark.by}
                    </p>
                  </li>
                ))}
            </ul>
            {english_unchecked && <p className="text-sm text-soft">{english_unchecked}</p>}
          </>
        )}
      </QueryResult>
    </section>
  );
}
