import { usePlans } from "../../hooks/usePlans";
import { useSketchStrings } from "../../hooks/useSketchStrings";
import { useSpeech } from "../../hooks/useStrings";
import { Link } from "../Link";
import { QueryResult } from "../QueryResult";

/** The plans, the one that was changed last first. */
export function PlanList() {
  const say = useSketchStrings();
  const { dates } = useSpeech();
  return (
    <QueryResult query={usePlans()} isEmpty={(found) => !found.length} empty={say.empty}>
      {(found) => (
        <ul className="grid gap-1">
          {found.map((one) => (
            <li key={one.id}>
              <Link
                to={{ page: "plans", plan: one.id }}
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
