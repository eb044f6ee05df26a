import { useEffect, useId, useMemo, useRef, useState } from "react";
import { type PlanLook, pictureOf } from "../../core/plan";
import { type PlanFrame, type RoomBox, type WallLine, wallLines } from "../../core/plan-walls";
import type { SketchStrings } from "../../core/strings/sketch";
import type { SketchPlan } from "../../core/types";
import { useSketchStrings } from "../../hooks/useSketchStrings";
import { useWallDrag } from "../../hooks/useWallDrag";
import { MoveLegend } from "./MoveLegend";
import { MovingWall } from "./MovingWall";
import { PlanPicture } from "./PlanPicture";
import { WallHandle } from "./WallHandle";

interface Props {
  plan: SketchPlan;
  look: PlanLook;
  frame: PlanFrame;
  boxes: RoomBox[];
  isBusy: boolean;
  onMove: (line: WallLine, by: number) => void;
}

/** The drawing of a floor, with walls to drag. */
export function PlanSheet({ plan, look, frame, boxes, isBusy, onMove }: Props) {
  const say = useSketchStrings();
  const hint = useId();
  const sheet = useRef<HTMLDivElement>(null);
  const [isDrawn, setDrawn] = useState(false);
  const lines = useMemo(() => wallLines(boxes), [boxes]);
  const drag = useWallDrag({ lines, frame, version: plan.version, sheet, isBusy, onMove });
  const { moving, cancel } = drag;
  useEscape(moving !== null && !isBusy, cancel);
  return (
    <div className="grid gap-1.5">
      <div
        ref={sheet}
        className="relative touch-pan-y select-none overflow-hidden rounded-xl border border-line"
        style={{ aspectRatio: `${frame.width} / ${frame.height}` }}
        onPointerDown={drag.onPointerDown}
        onPointerMove={drag.onPointerMove}
        onPointerUp={drag.onPointerUp}
        onPointerCancel={cancel}
      >
        <PlanPicture
          src={pictureOf(plan, look)}
          onLoad={() => setDrawn(true)}
          alt={say.picture(plan.title || say.untitled, plan.drawings[look.storey]?.name ?? "")}
        />
        {(isDrawn ? lines : []).map((line) => (
          <WallHandle
            key={line.key}
            line={line}
            frame={frame}
            by={moving?.line.key === line.key ? moving.by : 0}
            hint={hint}
            isBusy={isBusy}
            onKeyDown={drag.onKeyDown(line)}
            onBlur={() => !isBusy && moving?.held === null && cancel()}
          />
        ))}
        {moving && <MovingWall line={moving.line} by={moving.by} frame={frame} isBusy={isBusy} />}
      </div>
      {moving && <MoveLegend line={moving.line} by={moving.by} />}
      <p id={hint} className={moving ? "sr-only" : "text-sm text-soft"}>
        {say.drag}
        <span className="block pointer-coarse:hidden">{say.dragKeys}</span>
      </p>
      <p role="status" className="text-sm empty:hidden">
        {isBusy ? say.applying : movedNow(plan, say)}
      </p>
    </div>
  );
}

/** Return what the change before moved. */
function movedNow(plan: SketchPlan, say: SketchStrings): string {
  const moved = plan.rooms.filter((room) => room.moved).map((room) => room.name);
  if (moved.length) return say.movedNow(moved.join(say.comma));
  const cause = plan.versions.find((one) => one.id === plan.version)?.cause;
  return cause === "edited" ? say.nothingMoved : "";
}

/** Escape cancels a drag by pointer too, whatever has the focus. */
function useEscape(active: boolean, cancel: () => void): void {
  const latest = useRef(cancel);
  useEffect(() => {
    latest.current = cancel;
  });
  useEffect(() => {
    if (!active) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      latest.current();
    };
    addEventListener("keydown", pressed, { capture: true });
    return () => removeEventListener("keydown", pressed, { capture: true });
  }, [active]);
}
