import { moodDays, SHOWN_DAYS } from "../../core/space/moods";
import type { MoodCheckIn } from "../../core/types";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { Chart } from "../studio/charts/Chart";

const HEIGHT = 170;
const TOP = 14;
const BOTTOM = 142;
const EDGE = 10;
const AXIS_DAYS = [SHOWN_DAYS - 1, 14, 0];
/** Narrower pictures have room for the first and the last day only. */
const NARROW = 420;

/** The mood of each day as a dot; days without one are gaps, and no line leads over them. */
export function MoodChart({ checkins }: { checkins: readonly MoodCheckIn[] }) {
  const say = useSpaceStrings();
  const days = moodDays(checkins, Date.now());
  const dayText = (ago: number) => (ago === 0 ? say.today : say.daysAgo(ago));
  const texts = days.map(({ ago, mood }) =>
    say.dayMood(dayText(ago), say.moods[Math.round(mood) - 1] ?? ""),
  );
  const height = (mood: number) => BOTTOM - ((mood - 1) / 4) * (BOTTOM - TOP);
  return (
    <Chart label={say.daysLabel(texts.join(", ") || say.noDays)} height={HEIGHT}>
      {(width) => {
        const left = 84;
        const place = (ago: number) =>
          left + EDGE + (1 - ago / (SHOWN_DAYS - 1)) * (width - left - 3 * EDGE);
        return (
          <>
            <g className="fill-soft" fontSize={12}>
              {say.moods.map((label, at) => (
                <g key={label}>
                  <line
                    x1={left}
                    x2={width}
                    y1={height(at + 1)}
                    y2={height(at + 1)}
                    className="stroke-line"
                  />
                  <text x={left - 8} y={height(at + 1) + 4} textAnchor="end">
                    {label}
                  </text>
                </g>
              ))}
              {AXIS_DAYS.filter((ago) => width >= NARROW || ago !== 14).map((ago) => (
                <text
                  key={ago}
                  x={ago === 0 ? width : place(ago)}
                  y={HEIGHT - 6}
                  textAnchor={ago === 0 ? "end" : ago === SHOWN_DAYS - 1 ? "start" : "middle"}
                >
                  {dayText(ago)}
                </text>
              ))}
            </g>
            {days.map(({ ago, mood }) => (
              <circle
                key={ago}
                cx={place(ago)}
                cy={height(mood)}
                r={5.5}
                className="fill-accent stroke-sheet"
                strokeWidth={2}
              />
            ))}
          </>
        );
      }}
    </Chart>
  );
}
