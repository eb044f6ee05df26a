import { type PlanFrame, placed, type WallLine } from "../../core/plan-walls";

interface Props {
  line: WallLine;
  by: number;
  frame: PlanFrame;
  isBusy: boolean;
}

/** Where a wall goes, while it's dragged and until the plan is worked out. */
export function MovingWall({ line, by, frame, isBusy }: Props) {
  const at = line.at + by;
  const [left, bottom] = placed(frame, line.vertical ? [at, line.low] : [line.low, at]);
  const [right, top] = placed(frame, line.vertical ? [at, line.high] : [line.high, at]);
  const percent = (part: number) => `${(100 * part).toFixed(3)}%`;
  const size = line.vertical ? { height: percent(bottom - top) } : { width: percent(right - left) };
  return (
    <div
      aria-hidden="true"
      style={{ left: percent(left), top: percent(top), ...size }}
      className={`pointer-events-none absolute ${line.vertical ? "-ms-0.5 w-1" : "-mt-0.5 h-1"} bg-accent ${isBusy ? "breathe" : ""}`}
    />
  );
}
