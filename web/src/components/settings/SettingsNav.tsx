import type { SettingsView } from "../../core/routes";
import { viewsFor } from "../../core/settings";
import { useMe } from "../../hooks/useAccount";
import { useStrings } from "../../hooks/useStrings";
import { Icon, type IconName } from "../Icon";
import { Link } from "../Link";

const ICONS: Record<SettingsView, IconName> = {
  models: "spark",
  experts: "memory",
  people: "people",
  devices: "device",
  keys: "key",
  usage: "chart",
  account: "person",
  appearance: "sun",
  data: "archive",
};

/** The list of settings pages with descriptions. */
export function Overview() {
  const say = useStrings();
  const { owner } = useMe();
  return (
    <nav aria-label={say.settings.navigation}>
      <ul className="grid overflow-hidden rounded-2xl border border-line bg-sheet">
        {viewsFor(owner).map((view) => (
          <li key={view} className="border-line not-first:border-t">
            <Link
              to={{ page: "settings", view }}
              className="flex items-center gap-4 px-4 py-3.5 -outline-offset-2 hover:bg-wash sm:px-5"
            >
              <Icon name={ICONS[view]} className="size-5 text-soft" />
              <span className="grid min-w-0 flex-1">
                <span className="font-serif text-lg">{say.settings.views[view]}</span>
                <span className="text-sm text-soft">{say.settings.about[view]}</span>
              </span>
              <Icon name="right" className="size-4 text-soft rtl:-scale-x-100" />
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Navigation between settings pages: tabs on wide screens, a back link on narrow ones. */
export function Between({ current }: { current: SettingsView }) {
  const say = useStrings();
  const { owner } = useMe();
  return (
    <nav aria-label={say.settings.navigation} className="-mt-2">
      <Link
        to={{ page: "settings", view: null }}
        className="-ms-2 inline-flex min-h-10 items-center gap-1.5 rounded-xl px-2 text-soft hover:text-ink sm:hidden"
      >
        <Icon name="right" className="size-4 -scale-x-100 rtl:scale-x-100" />
        {say.settings.all}
      </Link>
      <ul className="-mx-3 hidden flex-wrap gap-1 sm:flex">
        {viewsFor(owner).map((view) => (
          <li key={view}>
            <Link
              to={{ page: "settings", view }}
              aria-current={view === current ? "page" : undefined}
              className="block rounded-xl px-3 py-1.5 text-soft hover:bg-wash hover:text-ink aria-[current]:bg-wash aria-[current]:font-medium aria-[current]:text-ink"
            >
              {say.settings.views[view]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
