import { areasAfter, type WallLine } from "../../core/plan-walls";
import { useMeasures } from "../../hooks/useMeasures";

/** What a wall that is dragged comes to: how far it goes, and the areas of the rooms then. */
export function MoveLegend({ line, by }: { line: WallLine; by: number }) {
  const { area, moved } = useMeasures();
  return (
    <div
      aria-hidden="true"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm tabular-nums"
    >
      <span className="rounded-lg bg-accent px-1.5 text-on-accent">{moved(by)}</span>
      {areasAfter(line, by).map((room) => (
        <span key={room.id} data-area={room.id} className="whitespace-nowrap">
          <span className="text-soft">{room.name}</span> <b>{area(room.area)}</b>
        </span>
      ))}
    </div>
  );
}
