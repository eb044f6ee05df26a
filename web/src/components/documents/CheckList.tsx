import type { DocumentMark, WrittenDocument } from "../../core/types";
import { useChecks } from "../../hooks/useDocuments";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { QueryResult } from "../QueryResult";

/** What the checks find, beside the text. */
export function CheckList({ document }: { document: WrittenDocument }) {
  const say = useWritingStrings();
  const checks = useChecks(document);
  const texts = new Map(document.blocks.map((block) => [block.id, Array.from(block.text)]));
  const wordsOf = (mark: DocumentMark) =>
    (texts.get(mark.block) ?? []).slice(mark.start, Math.min(mark.end, mark.start + 60)).join("");
  return (
    <section className="grid gap-2" aria-label={say.checks}>
      <h2 className="font-serif text-lg">{say.checks}</h2>
      <QueryResult query={checks}>
        {({ findings, english_unchecked }) => (
          <>
            {!findings.length && <p className="text-soft">{say.nothingFound}</p>}
            <ul className="grid gap-2 text-sm">
              {findings.map((mark) => (
                <li
                  key={`${mark.rule}-${mark.block}-${mark.start}`}
                  className="rounded-xl border border-line px-3 py-2"
                >
                  {mark.block && (
                    <p dir="auto" className="font-medium">
                      {wordsOf(mark)}
                    </p>
                  )}
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
