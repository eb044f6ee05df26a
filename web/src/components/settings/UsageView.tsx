import { useState } from "react";
import type { UsageReport } from "../../core/types";
import { type Asked, moneyOptions, queryOf, RANGES, type Range, utcDay } from "../../core/usage";
import { useMe } from "../../hooks/useAccount";
import { useSpeech } from "../../hooks/useStrings";
import { useUsage } from "../../hooks/useUsage";
import { Section } from "../Page";
import { QueryResult } from "../QueryResult";
import { Select } from "../Select";
import { PricesSection } from "./PricesSection";
import { UsageDays } from "./UsageDays";
import { UsageTable } from "./UsageTable";

/** The page of tokens and cost. */
export function UsageView() {
  const { say } = useSpeech();
  const { owner } = useMe();
  const words = say.settings.usage;
  const [days, setDays] = useState<Range>(30);
  const [whose, setWhose] = useState<Asked["whose"]>(owner ? "everyone" : "mine");
  const asked = { days, whose, until: utcDay(Date.now()) };
  const report = useUsage(asked);
  return (
    <>
      <Section title={words.total} about={words.about}>
        <div className="flex flex-wrap items-end gap-3">
          <Select
            label={words.range}
            value={String(days)}
            options={RANGES.map((each) => ({ value: String(each), label: words.ranges[each] }))}
            onChange={(value) => setDays(RANGES.find((each) => String(each) === value) ?? 30)}
            className="w-36"
          />
          {owner && (
            <Select
              label={words.whose}
              value={whose}
              options={[
                { value: "everyone", label: words.everyone },
                { value: "mine", label: words.mine },
              ]}
              onChange={setWhose}
              className="w-40"
            />
          )}
        </div>
        <QueryResult query={report}>{(found) => <Sums report={found} />}</QueryResult>
      </Section>
      {report.data && report.data.items.length > 0 && (
        <Section title={whose === "everyone" ? words.everyoneDetails : words.details}>
          <UsageTable report={report.data} everyone={whose === "everyone"} />
          <a
            href={`/api/usage.csv?${queryOf(asked)}`}
            download
            className="justify-self-start text-accent underline underline-offset-4"
          >
            {words.download}
          </a>
        </Section>
      )}
      {owner && <PricesSection />}
    </>
  );
}

/** The sums of a period, and its days as bars. */
function Sums({ report }: { report: UsageReport }) {
  const { say, dates } = useSpeech();
  const words = say.settings.usage;
  const { total, currency } = report;
  if (total.requests === 0) return <p className="text-soft">{words.empty}</p>;
  const cost =
    total.cost === null ? null : dates.number(total.cost, moneyOptions(currency, total.cost));
  return (
    <>
      <p className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        {cost && <strong className="font-serif text-3xl font-normal">{cost}</strong>}
        <span>{words.tokens(dates.number(total.prompt_tokens + total.completion_tokens))}</span>
        <span className="text-soft">{words.requests(dates.number(total.requests))}</span>
        {cost === null && <span className="text-soft">{words.unknownCost}</span>}
        {cost !== null && total.unpriced > 0 && (
          <span className="text-sm text-soft">{words.partly}</span>
        )}
      </p>
      <UsageDays report={report} />
    </>
  );
}
