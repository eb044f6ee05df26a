import { useState } from "react";
import type { WrittenDocument } from "../../core/types";
import { type DocumentChange, useVersions } from "../../hooks/useDocuments";
import { useSpeech } from "../../hooks/useStrings";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { Button } from "../Button";
import { QueryResult } from "../QueryResult";

interface Props {
  document: WrittenDocument;
  busy: boolean;
  onChange: (change: DocumentChange) => void;
}

/** Earlier versions of a document, folded away, to go back to. */
export function DocumentVersions({ document, busy, onChange }: Props) {
  const say = useWritingStrings();
  const { dates } = useSpeech();
  const [isOpen, setOpen] = useState(false);
  const query = useVersions(document, isOpen);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="min-h-10 py-2 font-serif text-lg -outline-offset-2">
        {say.versions}
      </summary>
      {isOpen && (
        <QueryResult query={query}>
          {(versions) => (
            <ul className="grid max-h-80 gap-1 overflow-y-auto text-sm">
              {versions.map((one) => (
                <li key={one.id} className="flex min-h-10 items-center gap-2">
                  <span className="min-w-0 flex-1">
                    {say.causes[one.cause as keyof typeof say.causes] ?? say.causes.edited}{" "}
                    <span className="text-soft">{dates.moment(one.at)}</span>
                  </span>
                  {one.id === document.version ? (
                    <span className="text-soft">{say.current}</span>
                  ) : (
                    <Button
                      kind="quiet"
                      disabled={busy}
                      aria-label={say.takeBackFrom(dates.moment(one.at))}
                      onClick={() => onChange({ to: "version", version: one.id })}
                    >
                      {say.takeBack}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )}
        </QueryResult>
      )}
    </details>
  );
}
