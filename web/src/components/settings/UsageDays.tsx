import type { UsageReport } from "../../core/types";
import { tokensOf } from "../../core/usage";
import { useSpeech } from "../../hooks/useStrings";

const DAY_MS = 86_400_000;

/** Tokens by day, as bars. */
export function UsageDays({ report }: { report: UsageReport }) {
  const { say, dates } = useSpeech();
  const words = say.settings.usage;
  const used = new Map(report.days.map((day) => [day.day, tokensOf(day)]));
  const first = Date.parse(report.since);
  const count = Math.round((Date.parse(report.until) - first) / DAY_MS) + 1;
  const most = Math.max(1, ...used.values());
  const days = Array.from({ length: count }, (_, index) => {
    const day = new Date(first + index * DAY_MS).toISOString().slice(0, 10);
    return { day, tokens: used.get(day) ?? 0 };
  });
  const named = (day: string) => dates.fullDay(Date.parse(`${day}T12:00:00`) / 1000);
  return (
    <figure className="grid gap-1">
      <figcaption className="sr-only">{words.byDay}</figcaption>
      <ul className="flex h-28 items-end gap-px border-b border-line">
        {days.map(({ day, tokens }) => (
          <li key={day} className="flex h-full min-w-0 flex-1 items-end">
            <span
              title={words.dayTokens(named(day), dates.number(tokens))}
              className={`w-full rounded-t-sm ${tokens > 0 ? "min-h-0.5 bg-accent" : ""}`}
              style={{ height: `${(tokens / most) * 100}%` }}
            />
            {tokens > 0 && (
              <span className="sr-only">{words.dayTokens(named(day), dates.number(tokens))}</span>
            )}
          </li>
        ))}
      </ul>
      <p aria-hidden className="flex justify-between text-sm text-soft">
        <span>{named(report.since)}</span>
        <span>{named(report.until)}</span>
      </p>
    </figure>
  );
}
