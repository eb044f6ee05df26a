import { isTried } from "../../core/studio/comparing";
import type { Method, PairedTest } from "../../core/types";
import { useFigures } from "../../hooks/useFigures";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";

const CELL = "align-top tabular-nums sm:border-t sm:border-line sm:py-2.5 sm:pe-4";
const HEAD = "pb-1.5 pe-4 text-start text-sm font-normal text-soft";

/** The figures of all methods; one that wasn't tried says why. */
export function MethodTable({ methods, chosen }: { methods: readonly Method[]; chosen: string }) {
  const { methods: words } = useStudioStrings();
  const { columns } = words;
  return (
    <div className="mt-2 overflow-x-auto" data-scrolls>
      <table className="w-full border-collapse max-sm:block">
        <caption className="sr-only">{words.table}</caption>
        <thead className="max-sm:sr-only">
          <tr>
            {[columns.method, columns.right, columns.gain, columns.seconds, columns.tokens].map(
              (name) => (
                <th key={name} scope="col" className={HEAD}>
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody className="max-sm:block">
          {methods.map((method) => (
            <MethodRow key={method.name} method={method} strong={method.name === chosen} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MethodRow({ method, strong }: { method: Method; strong: boolean }) {
  const { dates } = useSpeech();
  const figures = useFigures();
  const { methods: words } = useStudioStrings();
  const { columns } = words;
  return (
    <tr className="max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-4 max-sm:gap-y-1.5 max-sm:border-t max-sm:border-line max-sm:py-3">
      <th
        scope="row"
        className={`${CELL} text-start max-sm:col-span-2 ${strong ? "font-semibold" : "font-medium"}`}
      >
        {figures.method(method)}
        {method.model && (
          <span className="block text-sm font-normal wrap-anywhere text-soft">{method.model}</span>
        )}
      </th>
      {isTried(method) ? (
        <>
          <td className={CELL}>
            <Name>{columns.right}</Name>
            {figures.percent(method.passed.value)}
            <Below>{figures.between(method.passed.low, method.passed.high)}</Below>
            {method.errors > 0 && <Below>{words.failures(dates.number(method.errors))}</Below>}
          </td>
          <td className={CELL}>
            {method.against_best_cheaper && <Name>{columns.gain}</Name>}
            <Gain test={method.against_best_cheaper} />
          </td>
          <td className={CELL}>
            <Name>{columns.seconds}</Name>
            {figures.seconds(method.seconds_per_answer)}
          </td>
          <td className={CELL}>
            <Name>{columns.tokens}</Name>
            {dates.number(method.tokens_per_answer, { maximumFractionDigits: 0 })}
          </td>
        </>
      ) : (
        <td className={`${CELL} text-soft max-sm:col-span-2`} colSpan={4}>
          {method.skipped ? words.skipped(method.skipped) : words.notTried}
        </td>
      )}
    </tr>
  );
}

function Gain({ test }: { test: PairedTest | null }) {
  const figures = useFigures();
  const { methods: words } = useStudioStrings();
  if (!test) return null;
  const { value, low, high } = test.difference;
  return (
    <>
      {words.gain(figures.signed(value), figures.signed(low), figures.signed(high))}
      <Below>{figures.p(test.p)}</Below>
    </>
  );
}

function Below({ children }: { children: string }) {
  return <span className="block text-sm text-soft">{children}</span>;
}

/** The name of a column, where there's no head. */
function Name({ children }: { children: string }) {
  return <span className="block text-xs text-soft sm:hidden">{children}</span>;
}
