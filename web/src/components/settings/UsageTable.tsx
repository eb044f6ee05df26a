import type { UsageItem, UsageReport } from "../../core/types";
import { moneyOptions } from "../../core/usage";
import { useSpeech } from "../../hooks/useStrings";

/** The columns that narrow screens leave out. */
const NARROW = new Set<string>(["requests", "cached"]);

/** Usage by person, key and model. */
export function UsageTable({ report, everyone }: { report: UsageReport; everyone: boolean }) {
  const { say, dates } = useSpeech();
  const words = say.settings.usage;
  const who = (item: UsageItem) => {
    const key = item.key === "" ? null : item.key_label || words.removedKey;
    if (!everyone) return key ?? words.devices;
    if (item.person === "") return words.ownWork;
    return `${item.person_name} · ${key ?? words.theirDevices}`;
  };
  const cost = (item: UsageItem) =>
    item.cost === null ? "–" : dates.number(item.cost, moneyOptions(report.currency, item.cost));
  return (
    <div className="-mx-4 overflow-x-auto px-4 sm:-mx-5 sm:px-5">
      <table className="w-full text-sm">
        <thead className="text-start text-soft">
          <tr>
            <th className="py-1 pe-3 text-start font-normal">{words.columns.model}</th>
            {(["requests", "prompt", "cached", "completion", "cost"] as const).map((name) => (
              <th
                key={name}
                className={`py-1 ps-3 text-end font-normal whitespace-nowrap ${NARROW.has(name) ? "max-sm:hidden" : ""}`}
              >
                {words.columns[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.items.map((item) => (
            <tr key={`${item.person}|${item.key}|${item.model}`} className="border-t border-line">
              <th scope="row" className="min-w-32 py-2 pe-3 text-start font-normal">
                <span className="block font-medium wrap-anywhere">{item.model}</span>
                <span dir="auto" className="block text-soft wrap-anywhere">
                  {who(item)}
                </span>
              </th>
              <Count value={item.requests} wide />
              <Count value={item.prompt_tokens} />
              <Count value={item.cached_tokens} wide />
              <Count value={item.completion_tokens} />
              <td className="py-2 ps-3 text-end whitespace-nowrap tabular-nums">{cost(item)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Count({ value, wide = false }: { value: number; wide?: boolean }) {
  const { dates } = useSpeech();
  return (
    <td className={`py-2 ps-3 text-end tabular-nums ${wide ? "max-sm:hidden" : ""}`}>
      {dates.number(value)}
    </td>
  );
}
