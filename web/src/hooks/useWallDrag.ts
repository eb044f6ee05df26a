import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useState } from "react";
import {
  nearestLine,
  type PlanFrame,
  pointAt,
  reachOf,
  STEP,
  snapped,
  type WallLine,
} from "../core/plan-walls";

/** How near a pointer must be to a wall, in pixels. */
const REACH_PX = 14;

/** A wall that is being moved, and how far. */
export interface Moving {
  line: WallLine;
  by: number;
  /** Where the pointer took hold of it, in metres across the wall; `null` for keys. */
  held: number | null;
}

interface Given {
  lines: readonly WallLine[];
  frame: PlanFrame;
  version: string;
  /** What shows the picture. */
  sheet: RefObject<HTMLElement | null>;
  isBusy: boolean;
  onMove: (line: WallLine, by: number) => void;
}

/** Return the wall that is being moved, and what moves it: a pointer, a finger, or keys. */
export function useWallDrag({ lines, frame, version, sheet, isBusy, onMove }: Given) {
  const [moving, setMoving] = useState<Moving | null>(null);
  // It shows where it goes until the plan is worked out, or changed elsewhere.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version ends a drag
  useEffect(() => {
    if (!isBusy) setMoving(null);
  }, [isBusy, version]);
  const cancel = () => setMoving(null);
  const apply = () => {
    if (moving?.by && !isBusy) onMove(moving.line, moving.by);
    else cancel();
  };
  const pointOf = (event: PointerEvent): [[number, number], number] => {
    const box = sheet.current?.getBoundingClientRect() ?? new DOMRect();
    const part: [number, number] = [
      (event.clientX - box.left) / box.width,
      (event.clientY - box.top) / box.height,
    ];
    return [pointAt(frame, part), frame.width / frame.unit / box.width];
  };
  const step = (line: WallLine, by: number) => {
    const before = moving?.line.key === line.key ? moving.by : 0;
    setMoving({ line, by: snapped(before + by, reachOf(line)), held: null });
  };
  return {
    moving,
    cancel,
    apply,
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0 || isBusy) return;
      const [point, metresPerPx] = pointOf(event);
      const line = nearestLine(lines, point, REACH_PX * metresPerPx);
      if (!line) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setMoving({ line, by: 0, held: line.vertical ? point[0] : point[1] });
    },
    onPointerMove: (event: PointerEvent) => {
      if (!moving || moving.held === null || isBusy) return;
      const [point] = pointOf(event);
      const by = (moving.line.vertical ? point[0] : point[1]) - moving.held;
      setMoving({ ...moving, by: snapped(by, reachOf(moving.line)) });
    },
    onPointerUp: () => {
      if (moving && moving.held !== null && !isBusy) apply();
    },
    onKeyDown: (line: WallLine) => (event: KeyboardEvent) => {
      if (isBusy) return;
      if (event.key === "Enter" && moving) apply();
      else if (event.key in stepsOf(line)) step(line, stepsOf(line)[event.key] as number);
      else return;
      event.preventDefault();
    },
  };
}

function stepsOf(line: WallLine): Record<string, number> {
  return line.vertical
    ? { ArrowLeft: -STEP, ArrowRight: STEP }
    : { ArrowDown: -STEP, ArrowUp: STEP };
}
