import { isGoodNews, triedOf, verdictKind } from "../../core/studio/comparing";
import type { Comparison } from "../../core/types";
import { useFigures } from "../../hooks/useFigures";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Icon } from "../Icon";

/** The verdict of a comparison, with its reason. */
export function VerdictCard({ comparison }: { comparison: Comparison }) {
  const figures = useFigures();
  const { methods: words } = useStudioStrings();
  const { method, sentence } = comparison.verdict;
  const kind = verdictKind(comparison.verdict);
  const chosen = triedOf(comparison).find((each) => each.name === method);
  const facts = chosen
    ? words.intervalsLabel(
        figures.method(chosen),
        figures.percent(chosen.passed.value),
        figures.whole(chosen.passed.low),
        figures.whole(chosen.passed.high),
      )
    : "";
  return (
    <section
      aria-label={words.verdict}
      className="grid gap-1.5 rounded-2xl border border-accent bg-sheet p-5 sm:p-6"
    >
      <p className="text-sm text-soft">{words.verdict}</p>
      <h2 className="flex items-start gap-2.5 font-serif text-2xl">
        <Icon name={isGoodNews(kind) ? "check" : "spark"} className="mt-1 size-6 text-accent" />
        {words.verdicts[kind]}
      </h2>
      <p className="text-lg">{words.reason(kind, facts, sentence)}</p>
    </section>
  );
}
