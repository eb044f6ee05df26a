import { preferred } from "../../core/studio/blind";
import type { Revealed } from "../../core/types";
import { useFigures } from "../../hooks/useFigures";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Link } from "../Link";
import { Section } from "../Page";
import { NextStep } from "./NextStep";

/** Whose answers were preferred, and whether that may be chance. */
export function RevealedView({ project, revealed }: { project: string; revealed: Revealed }) {
  const { dates } = useSpeech();
  const figures = useFigures();
  const { compare: words } = useStudioStrings();
  const first = figures.named(revealed.first);
  const second = figures.named(revealed.second);
  const better = preferred(revealed);
  const all = revealed.preferred_first + revealed.preferred_second + revealed.neither;
  const rows = [
    {
      text: words.votes(first, dates.number(revealed.preferred_first)),
      count: revealed.preferred_first,
    },
    { text: words.neither(dates.number(revealed.neither)), count: revealed.neither },
    {
      text: words.votes(second, dates.number(revealed.preferred_second)),
      count: revealed.preferred_second,
    },
  ];
  return (
    <Section title={words.result}>
      <ul className="grid gap-3">
        {rows.map(({ text, count }) => (
          <li key={text} className="grid gap-1">
            <span dir="auto" className="wrap-anywhere">
              {text}
            </span>
            <svg aria-hidden="true" className="h-2 w-full">
              <rect width="100%" height="8" rx="4" className="fill-wash" />
              <rect
                width={`${(100 * count) / Math.max(1, all)}%`}
                height="8"
                rx="4"
                className="fill-accent"
              />
            </svg>
          </li>
        ))}
      </ul>
      <p className="text-lg">
        {better ? words.shown(better === "first" ? first : second) : words.notShown}
      </p>
      <p className="text-sm text-soft">{words.signTest(figures.p(revealed.p))}</p>
      <div className="flex flex-wrap items-center gap-3">
        <NextStep project={project} view="releases" />
        <Link
          to={{ page: "studio", project, view: "compare", item: null }}
          className="inline-flex min-h-10 items-center rounded-xl px-3 text-soft hover:text-ink"
        >
          {words.again}
        </Link>
      </div>
    </Section>
  );
}
