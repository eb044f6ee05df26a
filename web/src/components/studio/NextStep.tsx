import type { StudioView } from "../../core/routes";
import type { ExamplePart } from "../../core/studio/views";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Icon } from "../Icon";
import { Link } from "../Link";

interface Props {
  project: string;
  view: StudioView;
  /** A part of the examples. */
  part?: ExamplePart;
}

/** A link to the part of a project that comes next. */
export function NextStep({ project, view, part }: Props) {
  const { general, examples } = useStudioStrings();
  return (
    <Link
      to={{ page: "studio", project, view, item: part ?? null }}
      className="inline-flex min-h-10 items-center gap-1.5 justify-self-start rounded-xl border border-line bg-sheet px-4 font-medium hover:bg-wash"
    >
      <span className="text-soft">{general.next}</span>
      {part ? examples[part] : general.views[view]}
      <Icon name="right" className="size-4 text-soft rtl:-scale-x-100" />
    </Link>
  );
}
