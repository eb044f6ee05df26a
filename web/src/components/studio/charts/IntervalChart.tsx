import type { Tried } from "../../../core/studio/comparing";
import { useFigures } from "../../../hooks/useFigures";
import { useStudioStrings } from "../../../hooks/useStudioStrings";

interface Props {
  methods: readonly Tried[];
  /** The name of the one that the verdict is about. */
  chosen: string;
}

/** The share of right answers of each method, with its interval. */
export function IntervalChart({ methods, chosen }: Props) {
  const figures = useFigures();
  const { methods: words } = useStudioStrings();
  return (
    <ul aria-label={words.intervals} className="grid gap-3">
      {methods.map((method) => {
        const { value, low, high } = method.passed;
        const strong = method.name === chosen;
        return (
          <li
            key={method.name}
            className="grid items-center gap-x-3 sm:grid-cols-[12rem_minmax(0,1fr)_4rem]"
          >
            <span className="flex items-baseline justify-between gap-2">
              <span dir="auto" className={`min-w-0 wrap-anywhere ${strong ? "font-medium" : ""}`}>
                {figures.method(method)}
              </span>
              <span className="tabular-nums sm:hidden">{figures.percent(value)}</span>
            </span>
            <svg
              role="img"
              aria-label={words.intervalsLabel(
                figures.method(method),
                figures.percent(value),
                figures.whole(low),
                figures.whole(high),
              )}
              className="h-6 w-full overflow-visible"
            >
              <rect x="0" y="11" width="100%" height="2" rx="1" className="fill-line" />
              <rect
                x={`${100 * low}%`}
                y="8"
                width={`${Math.max(0.5, 100 * (high - low))}%`}
                height="8"
                rx="4"
                className={strong ? "fill-accent" : "fill-soft"}
                opacity={0.45}
              />
              <circle
                cx={`${100 * value}%`}
                cy="12"
                r="6"
                className={strong ? "fill-accent" : "fill-soft"}
              />
            </svg>
            <span className="text-end tabular-nums max-sm:hidden">{figures.percent(value)}</span>
          </li>
        );
      })}
    </ul>
  );
}
