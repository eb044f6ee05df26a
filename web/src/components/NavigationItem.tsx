import type { Route } from "../core/routes";
import { useRoute } from "../hooks/useRoute";
import { Icon, type IconName } from "./Icon";
import { Link } from "./Link";

/** A page of the app in the sidebar. */
export function NavigationItem({
  icon,
  label,
  to,
  also,
}: {
  icon: IconName;
  label: string;
  to: Route;
  /** Another page that it leads to. */
  also?: Route["page"];
}) {
  const route = useRoute();
  const current =
    route.page === also ||
    (route.page === to.page &&
      (to.page !== "new" || (route.page === "new" && route.private === to.private)));
  return (
    <li>
      <Link
        to={to}
        aria-current={current ? "page" : undefined}
        className="flex items-center gap-3 rounded-xl px-3 py-2 text-soft hover:bg-wash hover:text-ink aria-[current]:bg-wash aria-[current]:text-ink"
      >
        <Icon name={icon} />
        {label}
      </Link>
    </li>
  );
}
