import { MEMORY_VIEWS, type MemoryView } from "../../core/routes";
import { useLearning } from "../../hooks/useMemory";
import { useSpeech } from "../../hooks/useStrings";
import { Link } from "../Link";

/** Navigation between the memory pages. */
export function Views({ view }: { view: MemoryView }) {
  const { say } = useSpeech();
  return (
    <nav aria-label={say.memory.viewsLabel} className="-mx-1 sm:border-b sm:border-line">
      <ul className="flex flex-wrap sm:gap-x-1">
        {MEMORY_VIEWS.map((one) => (
          <li key={one}>
            <Link
              to={{ page: "memory", view: one, fact: null }}
              aria-current={one === view ? "page" : undefined}
              className="flex min-h-10 items-center gap-1.5 px-2.5 text-soft sm:px-3 hover:text-ink aria-[current]:text-ink max-sm:rounded-full max-sm:aria-[current]:bg-wash sm:-mb-px sm:min-h-11 sm:rounded-t-lg sm:border-b-2 sm:border-transparent sm:aria-[current]:border-accent"
            >
              {say.memory.views[one]}
              {one === "waiting" && <WaitingMark />}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function WaitingMark() {
  const { say, dates } = useSpeech();
  const { data } = useLearning();
  if (!data?.waiting) return null;
  const count = dates.number(data.waiting);
  return (
    <span className="rounded-full bg-accent px-1.5 text-xs/5 font-medium text-on-accent">
      <span aria-hidden="true">{count}</span>
      <span className="sr-only">{say.memory.waitingCount(count)}</span>
    </span>
  );
}
