import type { Scale } from "../../../core/studio/scales";

/** The place of the axes in a picture. */
export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

interface Props {
  frame: Frame;
  x: Scale;
  y: Scale;
  xText: (value: number) => string;
  yText: (value: number) => string;
  xLabel: string;
  yLabel: string;
}

const LEFT = 40;
const RIGHT = 12;
const TOP = 26;
const BOTTOM = 44;

/** Return the place of the axes in a picture of this size. */
export const frameOf = (width: number, height: number): Frame => ({
  left: LEFT,
  right: width - RIGHT,
  top: TOP,
  bottom: height - BOTTOM,
});

/** Two axes with their ticks and what they mean. */
export function Axes({ frame, x, y, xText, yText, xLabel, yLabel }: Props) {
  const { left, right, top, bottom } = frame;
  return (
    <g className="fill-soft" fontSize={12}>
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line x1={left} x2={right} y1={y(tick)} y2={y(tick)} className="stroke-line" />
          <text x={left - 8} y={y(tick) + 4} textAnchor="end">
            {yText(tick)}
          </text>
        </g>
      ))}
      {x.ticks.map((tick) => (
        <text key={tick} x={x(tick)} y={bottom + 18} textAnchor="middle">
          {xText(tick)}
        </text>
      ))}
      <text x={right} y={bottom + 36} textAnchor="end">
        {xLabel}
      </text>
      <text x={0} y={top - 14} textAnchor="start">
        {yLabel}
      </text>
    </g>
  );
}
