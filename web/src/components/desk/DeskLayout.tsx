import type { ReactNode } from "react";
import type { DeskState } from "../../hooks/useDesk";
import { Desk } from "./Desk";

interface Props {
  desk: DeskState;
  /** The messages, with what stands above them. */
  talk: ReactNode;
  /** The field for the next message, with what stands above it. It's never covered. */
  composer: ReactNode;
}

/** A talk with what is open: beside it where there's room, otherwise over the messages. */
export function DeskLayout({ desk, talk, composer }: Props) {
  const columns = desk.open ? "lg:grid-cols-[minmax(0,44fr)_minmax(0,56fr)]" : "";
  return (
    <div
      className={`grid h-full grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)_auto] ${columns}`}
    >
      <div
        className="col-start-1 row-start-1 flex min-h-0 flex-col"
        inert={desk.open !== null && !desk.isBeside}
      >
        {talk}
      </div>
      <div className="col-start-1 row-start-2">{composer}</div>
      {desk.open && <Desk key={desk.open} id={desk.open} desk={desk} />}
    </div>
  );
}
