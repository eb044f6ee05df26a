import type { Point } from "../../../core/studio/runs";
import { linearScale, pathThrough } from "../../../core/studio/scales";
import { useSpeech } from "../../../hooks/useStrings";
import { useStudioStrings } from "../../../hooks/useStudioStrings";
import { Axes, type Frame, frameOf } from "./Axes";
import { Chart } from "./Chart";

const HEIGHT = 240;

interface Props {
  label: string;
  /** All steps of the run. */
  steps: number;
  line: readonly Point[];
  dots: readonly Point[];
  /** What the line and the dots show, if that differs. */
  names?: readonly [line: string, dots: string];
  /** The step whose dot is the best. */
  best?: number | null;
  /** The largest value there can be. */
  to?: number;
  yLabel: string;
  yText: (value: number) => string;
}

/** Values by step: a line, and dots at some of the steps. */
export function CurveChart(props: Props) {
  const { label, steps, line, dots, names, best, to, yLabel, yText } = props;
  const { dates } = useSpeech();
  const { training: words } = useStudioStrings();
  const most = to ?? Math.max(...line.map((each) => each[1]), ...dots.map((each) => each[1]));
  return (
    <Chart label={label} height={HEIGHT}>
      {(width) => {
        const frame = frameOf(width, HEIGHT);
        const x = linearScale([0, Math.max(1, steps)], [frame.left, frame.right], 5);
        const y = linearScale([0, most], [frame.bottom, frame.top], 4);
        const path = pathThrough(line.map(([step, value]) => [x(step), y(value)] as const));
        return (
          <>
            <Axes
              {...{ frame, x, y, yLabel, yText }}
              xText={(value) => dates.number(value)}
              xLabel={words.stepAxis}
            />
            <path d={path} className="fill-none stroke-soft" strokeWidth={1.5} />
            {dots.map(([step, value]) => (
              <circle
                key={step}
                cx={x(step)}
                cy={y(value)}
                r={step === best ? 7 : 4.5}
                className="fill-accent stroke-sheet"
                strokeWidth={1.5}
              />
            ))}
            {names && dots.length > 0 && <Legend frame={frame} names={names} />}
          </>
        );
      }}
    </Chart>
  );
}

function Legend({ frame, names }: { frame: Frame; names: readonly [string, string] }) {
  const { right, top } = frame;
  return (
    <g fontSize={12} className="fill-soft" textAnchor="end">
      <text x={right - 26} y={top + 14}>
        {names[0]}
      </text>
      <line x1={right - 20} x2={right} y1={top + 10} y2={top + 10} className="stroke-soft" />
      <text x={right - 26} y={top + 32}>
        {names[1]}
      </text>
      <circle cx={right - 10} cy={top + 28} r={4.5} className="fill-accent" />
    </g>
  );
}
