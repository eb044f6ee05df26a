import type { CareView } from "../../core/routes";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { Icon, type IconName } from "../Icon";
import { Link } from "../Link";

const WAYS: readonly { view: Exclude<CareView, "home">; icon: IconName }[] = [
  { view: "talk", icon: "talk" },
  { view: "breathe", icon: "breath" },
  { view: "write", icon: "edit" },
  { view: "checkin", icon: "sun" },
  { view: "plan", icon: "anchor" },
];

/** The first page of the care space: what there is. */
export function CareHome() {
  const say = useSpaceStrings();
  return (
    <>
      <p className="text-lg">{say.question}</p>
      <nav aria-label={say.question}>
        <ul className="grid gap-2 sm:grid-cols-2 sm:gap-3">
          {WAYS.map(({ view, icon }) => (
            <li key={view}>
              <Link
                to={{ page: "care", view }}
                className="flex h-full items-start gap-4 rounded-2xl border border-line bg-sheet p-3.5 sm:p-5 hover:border-accent"
              >
                <Icon name={icon} className="size-6 sm:mt-1 text-accent" />
                <span className="grid sm:gap-1">
                  <span className="font-serif text-xl">{say[view]}</span>
                  <span className="text-soft">{say.about[view]}</span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="grid gap-2 text-sm text-soft">
        <p>{say.nothingExpected}</p>
        <p>{say.honest}</p>
      </div>
    </>
  );
}
