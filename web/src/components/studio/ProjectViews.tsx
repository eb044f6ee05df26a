import { STUDIO_VIEWS, type StudioView } from "../../core/routes";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Icon } from "../Icon";
import { Link } from "../Link";

const TAB =
  "flex min-h-10 items-center px-2.5 text-soft sm:px-3 hover:text-ink aria-[current]:text-ink max-sm:rounded-full max-sm:aria-[current]:bg-wash sm:-mb-px sm:min-h-11 sm:rounded-t-lg sm:border-b-2 sm:border-transparent sm:aria-[current]:border-accent";

/** Navigation between the parts of a project, in the order in which they're used. */
export function ProjectViews({ project, view }: { project: string; view: StudioView }) {
  const { general } = useStudioStrings();
  return (
    <nav aria-label={general.navigation} className="-mx-1 -mt-3 grid gap-1">
      <Link
        to={{ page: "studio", project: null, view: "examples", item: null }}
        className="inline-flex min-h-9 items-center gap-1.5 justify-self-start rounded-xl px-1 text-sm text-soft hover:text-ink"
      >
        <Icon name="right" className="size-3.5 -scale-x-100 rtl:scale-x-100" />
        {general.allProjects}
      </Link>
      <ul className="flex flex-wrap sm:gap-x-1 sm:border-b sm:border-line">
        {STUDIO_VIEWS.map((one) => (
          <li key={one}>
            <Link
              to={{ page: "studio", project, view: one, item: null }}
              aria-current={one === view ? "page" : undefined}
              className={TAB}
            >
              {general.views[one]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
