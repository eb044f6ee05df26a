import { describe, expect, it } from "vitest";
import { Refused } from "./errors";
import {
  boxesOf,
  canUndo,
  frameOf,
  isConflict,
  isWorkerMissing,
  leadsOn,
  pastVersions,
  pictureOf,
  planFileOf,
} from "./plan";
import { briefOf, FIRST_FORM, totalOf } from "./plan-brief";
import type { SketchPlan } from "./types";

const room = (id: string, kind: string, storey: number, more = {}) => ({
  ...{ id, kind, name: id, storey, wanted: 12, area: 11.6, missed: false, moved: false },
  ...{ broken: [], x: 0, y: -300, width: 400, height: 300 },
  ...more,
});
const version = (id: string, parent: string | null, cause: string) => ({
  ...{ id, parent, cause, title: "", by: "person" as const, at: 0 },
});

const PLAN: SketchPlan = {
  ...{ id: "p/1", version: "v2", newest: "v2", title: "Home", language: "en" },
  rooms: [
    room("kitchen", "kitchen", 0, { moved: true }),
    room("stair", "stair", 0, { x: 400, width: 200, moved: true }),
    room("bath", "bath", 1),
  ],
  walls: [],
  drawings: [0, 1].map((storey) => ({
    ...{ storey, name: `Floor ${storey}`, area: 40, x: -220, y: -520, width: 1040, height: 840 },
  })),
  units_per_metre: 100,
  figures: { width: 6, depth: 3, area: 17, area_error: 0, circulation: 0 },
  ...{ assumed: [], broken: [], variants: [] },
  versions: [
    version("v0", null, "variant"),
    version("v1", null, "created"),
    version("v2", "v1", "edited"),
  ],
};

describe("a plan", () => {
  it("has its rooms in metres, y to the north, and a stair that stays", () => {
    expect(boxesOf(PLAN, 0)).toEqual([
      { id: "kitchen", name: "kitchen", fixed: false, west: 0, south: 0, east: 4, north: 3 },
      { id: "stair", name: "stair", fixed: true, west: 4, south: 0, east: 6, north: 3 },
    ]);
    expect(boxesOf(PLAN, 1).map((box) => box.id)).toEqual(["bath"]);
    expect(frameOf(PLAN, 1)).toMatchObject({ x: -220, width: 1040, unit: 100 });
    expect(frameOf(PLAN, 2)).toBeNull();
  });

  it("is drawn in the version that is shown, with what moved tinted", () => {
    const picture = new URL(pictureOf(PLAN, { view: "plan", storey: 1 }), "http://localhost");
    expect(picture.pathname).toBe("/api/experts/sketch/plans/p%2F1/file");
    expect(Object.fromEntries(picture.searchParams)).toEqual({
      ...{ format: "svg", view: "plan", storey: "1", version: "v2", tint: "kitchen,stair" },
    });
    expect(pictureOf(PLAN, { view: "axonometric", storey: 1 })).not.toContain("storey");
    expect(planFileOf(PLAN, "dxf")).toMatch(/format=dxf&version=v2$/);
  });

  it("can be undone if there's a version before, and lists versions without variants", () => {
    expect(canUndo(PLAN)).toBe(true);
    expect(canUndo({ ...PLAN, newest: "v1" })).toBe(false);
    expect(pastVersions(PLAN).map((one) => one.id)).toEqual(["v2", "v1"]);
  });

  it("tells rooms that lead to others, changes that came late, and packages that are missing", () => {
    expect(PLAN.rooms.map(leadsOn)).toEqual([false, true, false]);
    expect(isConflict(new Refused(409, "conflict", ""))).toBe(true);
    expect(isConflict(new Refused(400, "bad_input", ""))).toBe(false);
    expect(isWorkerMissing(new Refused(503, "worker_missing", ""))).toBe(true);
  });
});

describe("the form of a plan", () => {
  it("becomes a brief with rooms of their own names", () => {
    expect(briefOf({ ...FIRST_FORM, accessible: true, extras: ["study"] }, "zh")).toEqual({
      rooms: [
        { id: "living", kind: "living" },
        { id: "kitchen", kind: "kitchen" },
        { id: "bedroom", kind: "bedroom", accessible: true },
        { id: "bedroom2", kind: "bedroom" },
        { id: "bath", kind: "bath", accessible: true },
        { id: "study", kind: "study" },
      ],
      ...{ language: "zh", storeys: 1, shape: "rectangle" },
    });
    const brief = briefOf(
      { ...FIRST_FORM, total: "98,5", garden: "south", entrance: "east" },
      "en",
    );
    expect(brief).toMatchObject({ total: 98.5, entrance: "east", site: { garden: "south" } });
  });

  it("knows an area from none and from nonsense", () => {
    expect(totalOf(" ")).toBeNull();
    expect(totalOf("120")).toBe(120);
    for (const wrong of ["7", "2001", "large", "-3"]) expect(totalOf(wrong)).toBeNaN();
  });
});
