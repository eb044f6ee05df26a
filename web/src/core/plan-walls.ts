/** Walls of a plan that can be dragged: where they lie, how far they go, and the areas then. Pure. */

export type PlanSide = "north" | "east" | "south" | "west";

/** A room where it lies, in metres to the axes of walls: x grows to the east, y to the north. */
export interface RoomBox {
  id: string;
  name: string;
  /** Whether its walls stay, as those of a stair do. */
  fixed: boolean;
  west: number;
  south: number;
  east: number;
  north: number;
}

/** An inner wall, as far as it moves in one piece. */
export interface WallLine {
  key: string;
  /** Whether it runs from south to north, and so moves to the west and the east. */
  vertical: boolean;
  at: number;
  low: number;
  high: number;
  /** The rooms to its west or south, and those to its east or north. */
  before: RoomBox[];
  after: RoomBox[];
}

export interface RoomArea {
  id: string;
  name: string;
  area: number;
}

export interface WallMove {
  room: string;
  side: PlanSide;
  by: number;
}

/** What a drag and the arrow keys snap to, in metres. */
export const STEP = 0.1;
const INNER_WALL = 0.1;
const LEAST_WIDTH = 0.6;
const SAME = 1e-4;

/** A box along a wall: its extent across the wall, and along it. */
const across = (box: RoomBox, vertical: boolean) =>
  vertical ? ([box.west, box.east] as const) : ([box.south, box.north] as const);
const along = (box: RoomBox, vertical: boolean) => across(box, !vertical);

/** Return the inner walls between the rooms of a storey, without those of rooms that stay. */
export function wallLines(rooms: readonly RoomBox[]): WallLine[] {
  return [...linesOf(rooms, true), ...linesOf(rooms, false)].filter(
    (line) => ![...line.before, ...line.after].some((room) => room.fixed),
  );
}

function linesOf(rooms: readonly RoomBox[], vertical: boolean): WallLine[] {
  const lines: { before: Set<RoomBox>; after: Set<RoomBox> }[] = [];
  for (const [one, other] of pairs(rooms, vertical)) {
    const touched = lines.filter((line) => line.before.has(one) || line.after.has(other));
    const joined = {
      before: new Set([one, ...touched.flatMap((line) => [...line.before])]),
      after: new Set([other, ...touched.flatMap((line) => [...line.after])]),
    };
    for (const line of touched) lines.splice(lines.indexOf(line), 1);
    lines.push(joined);
  }
  const inOrder = (side: Set<RoomBox>) =>
    [...side].sort((one, other) => along(one, vertical)[0] - along(other, vertical)[0]);
  return lines.map((line) => lineOf(inOrder(line.before), inOrder(line.after), vertical));
}

/** Yield rooms with the wall between them: the one before it, and the one after it. */
function* pairs(rooms: readonly RoomBox[], vertical: boolean): Generator<[RoomBox, RoomBox]> {
  for (const one of rooms) {
    for (const other of rooms) {
      if (Math.abs(across(one, vertical)[1] - across(other, vertical)[0]) > SAME) continue;
      const [low, high] = along(one, vertical);
      const [from, to] = along(other, vertical);
      const overlap = Math.min(high, to) - Math.max(low, from);
      // Where four rooms meet in a point, the wall from south to north stays straight.
      if (overlap > SAME || (vertical && overlap > -SAME)) yield [one, other];
    }
  }
}

function lineOf(before: RoomBox[], after: RoomBox[], vertical: boolean): WallLine {
  const ends = (rooms: RoomBox[]) => rooms.map((room) => along(room, vertical));
  const low = Math.max(...[before, after].map((side) => Math.min(...ends(side).map(([a]) => a))));
  const high = Math.min(
    ...[before, after].map((side) => Math.max(...ends(side).map(([, b]) => b))),
  );
  const key = [before, after]
    .map((side) =>
      side
        .map((room) => room.id)
        .sort()
        .join("+"),
    )
    .join("|");
  const at = across(before[0] as RoomBox, vertical)[1];
  return { key: `${vertical ? "v" : "h"}:${key}`, vertical, at, low, high, before, after };
}

/** Return the clear area of a box in square metres. */
export function clearArea(box: RoomBox): number {
  return (box.east - box.west - INNER_WALL) * (box.north - box.south - INNER_WALL);
}

/** Return how far a wall may go to either side, so that no room vanishes. */
export function reachOf({ before, after, vertical }: WallLine): [number, number] {
  const room = (rooms: RoomBox[]) =>
    Math.min(...rooms.map((box) => across(box, vertical)[1] - across(box, vertical)[0])) -
    INNER_WALL -
    LEAST_WIDTH;
  return [Math.min(0, -floored(room(before))), Math.max(0, floored(room(after)))];
}

const floored = (metres: number) => Math.floor(metres / STEP + SAME) * STEP;

/** Return a distance in whole steps, within a wall's reach. */
export function snapped(by: number, [least, most]: [number, number]): number {
  const whole = Math.round(Math.round(by / STEP) * STEP * 10) / 10;
  return Math.min(most, Math.max(least, whole)) + 0;
}

/** Return the areas of the rooms along a wall once it has moved. */
export function areasAfter(line: WallLine, by: number): RoomArea[] {
  const named = (box: RoomBox, area: number) => ({ id: box.id, name: box.name, area });
  const { vertical } = line;
  return [
    ...line.before.map((box) =>
      named(box, clearArea({ ...box, [vertical ? "east" : "north"]: line.at + by })),
    ),
    ...line.after.map((box) =>
      named(box, clearArea({ ...box, [vertical ? "west" : "south"]: line.at + by })),
    ),
  ];
}

/** Return the edit that moves a wall: of the room that lies along most of it. */
export function moveOf(line: WallLine, by: number): WallMove {
  const length = (box: RoomBox) => along(box, line.vertical)[1] - along(box, line.vertical)[0];
  const longest = [...line.before, ...line.after].reduce((one, other) =>
    length(other) > length(one) + SAME ? other : one,
  );
  const isBefore = line.before.includes(longest);
  const side: PlanSide = line.vertical
    ? isBefore
      ? "east"
      : "west"
    : isBefore
      ? "north"
      : "south";
  return { room: longest.id, side, by: isBefore ? by : -by + 0 };
}

/** Return the wall nearest to a point, if one is within `reach` metres. */
export function nearestLine(
  lines: readonly WallLine[],
  [x, y]: readonly [number, number],
  reach: number,
): WallLine | null {
  let found: WallLine | null = null;
  let least = reach;
  for (const line of lines) {
    const [over, to] = line.vertical ? [x, y] : [y, x];
    const beyond = Math.max(line.low - to, 0, to - line.high);
    const distance = Math.hypot(over - line.at, beyond);
    if (distance <= least) [found, least] = [line, distance];
  }
  return found;
}

/** The part of a drawing that an image shows: its view box, and the units of a metre. */
export interface PlanFrame {
  x: number;
  y: number;
  width: number;
  height: number;
  unit: number;
}

/** Return a point of the building as parts of the image's width and height, from its top left. */
export function placed(frame: PlanFrame, [x, y]: readonly [number, number]): [number, number] {
  return [(x * frame.unit - frame.x) / frame.width, (-y * frame.unit - frame.y) / frame.height];
}

/** Return the point of the building at parts of the image's width and height. */
export function pointAt(
  frame: PlanFrame,
  [left, top]: readonly [number, number],
): [number, number] {
  return [
    (frame.x + left * frame.width) / frame.unit,
    -(frame.y + top * frame.height) / frame.unit,
  ];
}
