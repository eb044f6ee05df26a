import type { UseQueryResult } from "@tanstack/react-query";
import type { Route } from "../core/routes";
import type { ArtifactPage } from "../core/types";
import { useSpeech } from "../hooks/useStrings";
import { Link } from "./Link";
import { QueryResult } from "./QueryResult";

interface Props {
  query: UseQueryResult<ArtifactPage["artifacts"]>;
  words: { empty: string; untitled: string };
  to: (id: string) => Route;
}

/** What a specialist made, the one that was changed last first. */
export function ArtifactList({ query, words, to }: Props) {
  const { dates } = useSpeech();
  return (
    <QueryResult query={query} isEmpty={(found) => !found.length} empty={words.empty}>
      {(found) => (
        <ul className="grid gap-1">
          {found.map((one) => (
            <li key={one.id}>
              <Link
                to={to(one.id)}
                className="flex items-baseline gap-3 rounded-xl px-3 py-2 hover:bg-wash"
              >
                <span className="min-w-0 flex-1 truncate" dir="auto">
                  {one.title || words.untitled}
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
