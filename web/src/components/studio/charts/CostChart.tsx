import type { Tried } from "../../../core/studio/comparing";
import { linearScale, ratioScale, type Scale, spanOf } from "../../../core/studio/scales";
import { useFigures } from "../../../hooks/useFigures";
import { useSpeech } from "../../../hooks/useStrings";
import { useStudioStrings } from "../../../hooks/useStudioStrings";
import { Axes, frameOf } from "./Axes";
import { Chart } from "./Chart";

const HEIGHT = 270;
const LEAST_SECONDS = 0.001;
const LINE = 17;
const NEAR = 150;
const INSET = 14;

const secondsOf = (method: Tried) => Math.max(LEAST_SECONDS, method.seconds_per_answer);

/** The share of right answers against the time of an answer. */
export function CostChart({ methods, chosen }: { methods: readonly Tried[]; chosen: string }) {
  const { dates } = useSpeech();
  const figures = useFigures();
  const { methods: words } = useStudioStrings();
  const label = methods
    .map((method) =>
      [
        figures.method(method),
        figures.percent(method.passed.value),
        figures.seconds(method.seconds_per_answer),
      ].join(" "),
    )
    .join("; ");
  return (
    <Chart label={`${words.cost}: ${label}`} height={HEIGHT}>
      {(width) => {
        const frame = frameOf(width, HEIGHT);
        const x = ratioScale(spanOf(methods.map(secondsOf)), [
          frame.left + INSET,
          frame.right - INSET,
        ]);
        const y = linearScale([0, 100], [frame.bottom, frame.top], 5);
        return (
          <>
            <Axes
              {...{ frame, x, y }}
              xText={(value) => dates.number(value, { maximumSignificantDigits: 2 })}
              yText={(value) => dates.number(value)}
              xLabel={words.secondsAxis}
              yLabel={words.rightAxis}
            />
            <Points {...{ methods, chosen, x, y }} middle={width / 2} />
          </>
        );
      }}
    </Chart>
  );
}

interface PointsProps {
  methods: readonly Tried[];
  chosen: string;
  x: Scale;
  y: Scale;
  /** Names stand to the right of points left of here, and to the left of the others. */
  middle: number;
}

function Points({ methods, chosen, x, y, middle }: PointsProps) {
  const figures = useFigures();
  const placed = methods.map((method) => ({
    method,
    cx: x(secondsOf(method)),
    cy: y(100 * method.passed.value),
  }));
  return placed.map(({ method, cx, cy }, place) => {
    const crowd = placed
      .slice(0, place)
      .filter((one) => Math.abs(one.cx - cx) < NEAR && Math.abs(one.cy - cy) < LINE).length;
    const strong = method.name === chosen;
    const after = cx < middle;
    return (
      <g key={method.name} className={strong ? "fill-accent" : "fill-soft"}>
        <circle cx={cx} cy={cy} r={strong ? 7 : 5} />
        <text
          x={cx + (after ? 11 : -11)}
          y={cy - 5 - crowd * LINE}
          textAnchor={after ? "start" : "end"}
          fontSize={13}
          className="stroke-sheet"
          strokeWidth={4}
          paintOrder="stroke"
          fontWeight={strong ? 600 : 400}
        >
          {figures.method(method)}
        </text>
      </g>
    );
  });
}
