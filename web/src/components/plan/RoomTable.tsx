import { useId } from "react";
import { leadsOn } from "../../core/plan";
import type { SketchPlan } from "../../core/types";
import { useMeasures } from "../../hooks/useMeasures";
import { useSketchStrings } from "../../hooks/useSketchStrings";

/** The schedule of rooms: what each should have and has, and what's wrong with it. */
export function RoomTable({ plan }: { plan: SketchPlan }) {
  const say = useSketchStrings();
  const measures = useMeasures();
  const heading = useId();
  const { width, depth, circulation } = plan.figures;
  return (
    <section aria-labelledby={heading} className="grid gap-2">
      <h2 id={heading} className="font-serif text-lg">
        {say.rooms}
      </h2>
      <table className="w-full text-sm tabular-nums">
        <thead>
          <tr className="border-b border-line text-soft">
            <th className="py-1 pe-2 text-start font-normal">{say.room}</th>
            <th className="py-1 pe-2 text-end font-normal">{say.wanted}</th>
            <th className="py-1 text-end font-normal">{say.got}</th>
          </tr>
        </thead>
        <tbody>
          {plan.rooms.map((room) => (
            <Row key={room.id} room={room} />
          ))}
        </tbody>
        <tfoot>
          <tr className="border-t border-line font-medium">
            <th scope="row" className="py-1 pe-2 text-start font-medium" colSpan={2}>
              {say.whole}
            </th>
            <td className="py-1 text-end">{measures.area(plan.figures.area)}</td>
          </tr>
        </tfoot>
      </table>
      <Broken plan={plan} />
      <p className="text-sm text-soft">
        {say.figures(measures.length(width), measures.length(depth), measures.part(circulation))}{" "}
        {say.notToBuild}
      </p>
    </section>
  );
}

function Row({ room }: { room: SketchPlan["rooms"][number] }) {
  const say = useSketchStrings();
  const measures = useMeasures();
  const notes = room.broken.length ? room.broken : room.missed ? [say.missed] : [];
  return (
    <tr className="align-top">
      <th scope="row" className="py-1 pe-2 text-start font-normal">
        <span dir="auto">{room.name}</span>{" "}
        {room.moved && (
          <span className="ms-1 rounded-full bg-[#f2b84b]/35 px-2 py-0.5 text-xs whitespace-nowrap">
            {say.moved}
          </span>
        )}
        {notes.map((note) => (
          <span key={note} className="block text-danger">
            {note}
          </span>
        ))}
      </th>
      <td className="py-1 pe-2 text-end whitespace-nowrap text-soft">
        {leadsOn(room) ? "–" : measures.area(room.wanted)}
      </td>
      <td className={`py-1 text-end whitespace-nowrap ${notes.length ? "text-danger" : ""}`}>
        {measures.area(room.area)}
      </td>
    </tr>
  );
}

/** Rules that are broken by the plan as a whole; those of rooms stand with them. */
function Broken({ plan }: { plan: SketchPlan }) {
  const say = useSketchStrings();
  const said = new Set(plan.rooms.flatMap((room) => room.broken));
  const others = plan.broken.filter((rule) => !said.has(rule));
  if (!others.length) return null;
  return (
    <ul aria-label={say.broken} className="grid gap-1 text-sm text-danger">
      {others.map((rule) => (
        <li key={rule}>{rule}</li>
      ))}
    </ul>
  );
}
