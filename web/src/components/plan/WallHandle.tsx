import type { KeyboardEvent } from "react";
import { areasAfter, type PlanFrame, placed, reachOf, type WallLine } from "../../core/plan-walls";
import { useMeasures } from "../../hooks/useMeasures";
import { useSketchStrings } from "../../hooks/useSketchStrings";

interface Props {
  line: WallLine;
  frame: PlanFrame;
  by: number;
  /** The id of what says how it's moved. */
  hint: string;
  isBusy: boolean;
  onKeyDown: (event: KeyboardEvent) => void;
  onBlur: () => void;
}

/** A wall to take hold of: a separator that can be focused, where the wall is drawn. */
export function WallHandle({ line, frame, by, hint, isBusy, onKeyDown, onBlur }: Props) {
  const say = useSketchStrings();
  const { area } = useMeasures();
  const names = (rooms: WallLine["before"]) => rooms.map((room) => room.name).join(say.comma);
  const [least, most] = reachOf(line);
  const metres = (at: number) => Math.round(at * 100) / 100;
  const areas = areasAfter(line, by).map((room) => say.roomArea(room.name, area(room.area)));
  const [left, bottom] = placed(frame, line.vertical ? [line.at, line.low] : [line.low, line.at]);
  const [right, top] = placed(frame, line.vertical ? [line.at, line.high] : [line.high, line.at]);
  const percent = (part: number) => `${(100 * part).toFixed(3)}%`;
  const size = line.vertical
    ? { height: percent(bottom - top), width: "1.5rem", marginLeft: "-0.75rem" }
    : { width: percent(right - left), height: "1.5rem", marginTop: "-0.75rem" };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves has no element of its own
    <div
      role="separator"
      tabIndex={isBusy ? -1 : 0}
      aria-label={say.wall(names(line.before), names(line.after))}
      aria-describedby={hint}
      aria-orientation={line.vertical ? "vertical" : "horizontal"}
      aria-valuemin={metres(line.at + least)}
      aria-valuemax={metres(line.at + most)}
      aria-valuenow={metres(line.at + by)}
      aria-valuetext={areas.join(say.comma)}
      onKeyDown={onKeyDown}
      onBlur={onBlur}
      style={{ left: percent(left), top: percent(top), ...size }}
      className={`group absolute grid touch-none place-items-center rounded-md outline-offset-0 ${line.vertical ? "cursor-ew-resize" : "cursor-ns-resize"}`}
    >
      <span
        className={`rounded-full bg-accent opacity-60 ring-2 ring-white transition-opacity group-hover:opacity-100 group-focus-visible:opacity-100 ${line.vertical ? "h-5 w-1.5" : "h-1.5 w-5"}`}
      />
    </div>
  );
}
