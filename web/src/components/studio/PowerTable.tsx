import { detectable, SIZES } from "../../core/studio/power";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";

/** What tests of different sizes show, as a table. */
export function PowerTable() {
  const { dates } = useSpeech();
  const { general, test: words } = useStudioStrings();
  return (
    <details className="text-sm">
      <summary className="text-soft">{general.figures}</summary>
      <div className="mt-2 overflow-x-auto" data-scrolls>
        <table className="tabular-nums">
          <tbody>
            <tr>
              <th scope="row" className="pe-4 text-start font-normal text-soft">
                {words.sizeAxis}
              </th>
              {SIZES.map((size) => (
                <td key={size} className="px-3 text-end">
                  {dates.number(size)}
                </td>
              ))}
            </tr>
            <tr>
              <th scope="row" className="pe-4 text-start font-normal text-soft">
                {words.pointsAxis}
              </th>
              {SIZES.map((size) => (
                <td key={size} className="px-3 text-end">
                  {dates.number(100 * detectable(size), { maximumFractionDigits: 0 })}
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
    </details>
  );
}
