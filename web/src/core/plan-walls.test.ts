import { describe, expect, it } from "vitest";
import {
  areasAfter,
  clearArea,
  moveOf,
  nearestLine,
  type PlanFrame,
  placed,
  pointAt,
  type RoomBox,
  reachOf,
  snapped,
  type WallLine,
  wallLines,
} from "./plan-walls";

const box = (id: string, west: number, south: number, east: number, north: number): RoomBox => ({
  id,
  name: id.toUpperCase(),
  fixed: id === "stair",
  west,
  south,
  east,
  north,
});

/** A kitchen below a child's room, both beside a living room that is as deep as they are. */
const KITCHEN = box("kitchen", 0, 0, 4, 3);
const CHILD = box("child", 0, 3, 4, 6);
const LIVING = box("living", 4, 0, 10, 6);
const HOUSE = [KITCHEN, CHILD, LIVING];
const of = (lines: WallLine[], key: string) => lines.find((line) => line.key === key) as WallLine;

describe("the walls of a plan", () => {
  it("are one line as far as they move in one piece", () => {
    const lines = wallLines(HOUSE);
    expect(lines.map((line) => line.key).sort()).toEqual([
      "h:kitchen|child",
      "v:child+kitchen|living",
    ]);
    expect(of(lines, "v:child+kitchen|living")).toMatchObject({ at: 4, low: 0, high: 6 });
    expect(of(lines, "h:kitchen|child")).toMatchObject({ at: 3, low: 0, high: 4 });
  });

  it("are straight from south to north where four rooms meet in a point, and only there", () => {
    const four = [box("a", 0, 0, 4, 3), box("b", 4, 0, 8, 3), box("c", 0, 3, 4, 6)];
    const lines = wallLines([...four, box("d", 4, 3, 8, 6)]);
    expect(lines.map((line) => line.key).sort()).toEqual(["h:a|c", "h:b|d", "v:a+c|b+d"]);
  });

  it("stay beside a stair", () => {
    expect(wallLines([KITCHEN, box("stair", 4, 0, 6, 3)])).toEqual([]);
  });
});

describe("moving a wall", () => {
  const lines = wallLines(HOUSE);
  const long = of(lines, "v:child+kitchen|living");

  it("gives to one side what it takes from the other", () => {
    expect(areasAfter(long, 0).map((room) => room.area)).toEqual(
      [KITCHEN, CHILD, LIVING].map(clearArea),
    );
    const [kitchen, child, living] = areasAfter(long, 0.5).map((room) => room.area);
    expect(kitchen).toBeCloseTo(4.4 * 2.9);
    expect(child).toBeCloseTo(4.4 * 2.9);
    expect(living).toBeCloseTo(5.4 * 5.9);
  });

  it("snaps to a tenth of a metre, and leaves every room some width", () => {
    const reach = reachOf(long);
    expect(reach[0]).toBeCloseTo(-3.3);
    expect(reach[1]).toBeCloseTo(5.3);
    expect(snapped(0.449, reach)).toBe(0.4);
    expect(snapped(-0.26, reach)).toBe(-0.3);
    expect(snapped(-9, reach)).toBeCloseTo(-3.3);
    expect(Object.is(snapped(-0.01, reach), 0)).toBe(true);
  });

  it("is an edit of the room along most of it, outwards above zero", () => {
    expect(moveOf(long, 0.5)).toEqual({ room: "living", side: "west", by: -0.5 });
    const between = of(lines, "h:kitchen|child");
    expect(moveOf(between, -0.3)).toEqual({ room: "kitchen", side: "north", by: -0.3 });
  });
});

describe("pointing at a plan", () => {
  it("finds the nearest wall in reach", () => {
    const lines = wallLines(HOUSE);
    expect(nearestLine(lines, [4.2, 1], 0.3)?.key).toBe("v:child+kitchen|living");
    expect(nearestLine(lines, [3.9, 2.95], 0.3)?.key).toBe("h:kitchen|child");
    expect(nearestLine(lines, [2, 1.5], 0.3)).toBeNull();
    expect(nearestLine(lines, [5, 3], 0.3)).toBeNull();
  });

  it("goes from the building to the image and back", () => {
    const frame: PlanFrame = { x: -220, y: -820, width: 1440, height: 1140, unit: 100 };
    const [left, top] = placed(frame, [-2.2, 8.2]);
    expect(left).toBeCloseTo(0);
    expect(top).toBeCloseTo(0);
    const [x, y] = pointAt(frame, placed(frame, [3.3, 4.4]));
    expect(x).toBeCloseTo(3.3);
    expect(y).toBeCloseTo(4.4);
  });
});
