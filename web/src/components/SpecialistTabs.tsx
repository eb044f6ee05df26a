import { useStrings } from "../hooks/useStrings";
import { Link } from "./Link";

/** Leads from the list of one kind of thing that specialists made to another's. */
export function SpecialistTabs({ current }: { current: "documents" | "plans" }) {
  const say = useStrings();
  return (
    <nav aria-label={say.shell.made} className="-mx-3 -mt-3">
      <ul className="flex gap-1">
        {(["documents", "plans"] as const).map((page) => (
          <li key={page}>
            <Link
              to={page === "plans" ? { page, plan: null } : { page, document: null }}
              aria-current={page === current ? "page" : undefined}
              className="block rounded-xl px-3 py-1.5 text-soft hover:bg-wash hover:text-ink aria-[current]:bg-wash aria-[current]:font-medium aria-[current]:text-ink"
            >
              {say.shell[page]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
