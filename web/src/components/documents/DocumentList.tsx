import { useDocuments } from "../../hooks/useDocuments";
import { useSpeech } from "../../hooks/useStrings";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { Link } from "../Link";
import { QueryResult } from "../QueryResult";

/** The documents, the one that was changed last first. */
export function DocumentList() {
  const say = useWritingStrings();
  const { dates } = useSpeech();
  return (
    <QueryResult query={useDocuments()} isEmpty={(found) => !found.length} empty={say.empty}>
      {(found) => (
        <ul className="grid gap-1">
          {found.map((one) => (
            <li key={one.id}>
              <Link
                to={{ page: "documents", document: one.id }}
                className="flex items-baseline gap-3 rounded-xl px-3 py-2 hover:bg-wash"
              >
                <span className="min-w-0 flex-1 truncate" dir="auto">
                  {one.title || say.untitled}
                </span>
                <span className="text-sm text-soft">{dates.day(one.updated_at)}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </QueryResult>
  );
}
