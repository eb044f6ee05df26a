import type { Confusion } from "../../core/studio/confusion";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";

/** How often each right answer was given as which one. */
export function ConfusionMatrix({ confusion }: { confusion: Confusion }) {
  const { dates } = useSpeech();
  const { methods: words } = useStudioStrings();
  const { labels, counts } = confusion;
  const columns = [...labels, words.somethingElse];
  return (
    <div className="grid gap-2">
      <h3 className="font-serif text-lg">{words.confusion}</h3>
      <p className="text-sm text-soft">{words.confusionAbout}</p>
      <div className="overflow-x-auto" data-scrolls>
        <table className="border-separate border-spacing-1 text-sm tabular-nums">
          <thead>
            <tr>
              <td />
              {columns.map((label, place) => (
                <th
                  // biome-ignore lint/suspicious/noArrayIndexKey: a label may be called like the last column
                  key={place}
                  scope="col"
                  className="px-1.5 pb-1 align-bottom font-normal text-soft"
                >
                  <span dir="auto" className="block max-w-28 wrap-break-word">
                    {label}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {labels.map((label, row) => (
              <tr key={label}>
                <th
                  scope="row"
                  dir="auto"
                  className="max-w-40 truncate pe-2 text-start font-normal"
                >
                  {label}
                </th>
                {(counts[row] ?? []).map((count, column) => (
                  <Cell
                    // biome-ignore lint/suspicious/noArrayIndexKey: columns have no ids, and their order stays
                    key={column}
                    text={count > 0 ? dates.number(count) : ""}
                    kind={count === 0 ? "none" : row === column ? "right" : "wrong"}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

const KINDS = {
  none: "bg-wash",
  right: "bg-wash font-medium text-ink outline outline-line",
  wrong: "font-medium text-danger outline outline-danger",
};

function Cell({ text, kind }: { text: string; kind: keyof typeof KINDS }) {
  return <td className={`h-8 min-w-10 rounded-md px-2 text-center ${KINDS[kind]}`}>{text}</td>;
}
