import { detectable, powerCurve, SIZES } from "../../../core/studio/power";
import { linearScale, pathThrough, type Scale } from "../../../core/studio/scales";
import { useSpeech } from "../../../hooks/useStrings";
import { useStudioStrings } from "../../../hooks/useStudioStrings";
import { Axes, type Frame, frameOf } from "./Axes";
import { Chart } from "./Chart";

const HEIGHT = 230;
const FROM = 20;
const TO = 2000;
const MOST_POINTS = 40;
const NARROW = 420;

/** The smallest difference that tests of different sizes show, with one size marked. */
export function PowerChart({ size }: { size: number }) {
  const { dates } = useSpeech();
  const { test: words } = useStudioStrings();
  const text = (value: number) => dates.number(value);
  return (
    <Chart label={words.chart} height={HEIGHT}>
      {(width) => {
        const frame = frameOf(width, HEIGHT);
        const x = sizeScale(frame, width < NARROW);
        const y = linearScale([0, MOST_POINTS], [frame.bottom, frame.top], 4);
        const shown = Math.min(TO, size);
        const line = powerCurve(FROM, TO).map(([count, difference]) => {
          return [x(count), y(100 * difference)] as const;
        });
        return (
          <>
            <Axes
              {...{ frame, x, y }}
              xText={text}
              yText={text}
              xLabel={words.sizeAxis}
              yLabel={words.pointsAxis}
            />
            <path d={pathThrough(line)} className="fill-none stroke-accent" strokeWidth={2} />
            {size >= FROM && (
              <Marked x={x(shown)} y={y(100 * detectable(shown))} to={frame.bottom} />
            )}
          </>
        );
      }}
    </Chart>
  );
}

function Marked({ x, y, to }: { x: number; y: number; to: number }) {
  return (
    <>
      <line x1={x} x2={x} y1={y} y2={to} className="stroke-accent" strokeDasharray="3 4" />
      <circle cx={x} cy={y} r={6} className="fill-accent stroke-sheet" strokeWidth={2} />
    </>
  );
}

/** Return the scale of sizes, on which doubling is a step; fewer sizes are written if it's narrow. */
function sizeScale({ left, right }: Frame, narrow: boolean): Scale {
  const place = (size: number) =>
    left + (Math.log(size / FROM) / Math.log(TO / FROM)) * (right - left);
  return Object.assign(place, {
    ticks: [FROM, ...SIZES].filter((_, at) => !narrow || at % 2 === 0),
  });
}
