import { plain } from "../../core/markdown";
import type { LeftOut } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";

interface Props {
  title: string;
  items: readonly LeftOut[];
  /** The total number; `items` may hold only the first ones. */
  count: number;
}

/** The skipped items of an import, or notes about it, with position and reason. */
export function LeftOutList({ title, items, count }: Props) {
  const { say, dates } = useSpeech();
  if (!count) return null;
  const more = count - items.length;
  return (
    <details className="group">
      <summary className="w-fit rounded-md font-medium underline decoration-dotted underline-offset-4">
        {title} ({dates.number(count)})
      </summary>
      <ul className="mt-2 grid max-h-64 gap-1.5 overflow-y-auto text-sm">
        {items.map((item) => (
          <li key={`${item.where} ${item.reason}`} className="wrap-anywhere">
            <bdi>{plain(item.where)}</bdi>
            <span className="text-soft"> · {say.memory.reason(plain(item.reason))}</span>
          </li>
        ))}
        {more > 0 && <li className="text-soft">{say.memory.leftOutMore(dates.number(more))}</li>}
      </ul>
    </details>
  );
}
