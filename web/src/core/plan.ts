/** Plans as they're shown: their pictures, rooms and versions. Pure. */

import { Refused } from "./errors";
import { part, query } from "./http";
import type { PlanFrame, RoomBox } from "./plan-walls";
import type { SketchPlan } from "./types";

export const PLANS = "/api/experts/sketch/plans";
export const PLAN_FILES = ["pdf", "dxf", "svg"] as const;
export const PLAN_VIEWS = ["plan", "axonometric"] as const;

export type PlanFile = (typeof PLAN_FILES)[number];
export type PlanViewName = (typeof PLAN_VIEWS)[number];

const STAIR = "stair";
/** Kinds of rooms that only lead to others: they get what is needed, not what was wanted. */
const LEADS_ON = new Set(["hall", "corridor", STAIR]);

/** How a plan is looked at. */
export interface PlanLook {
  view: PlanViewName;
  storey: number;
}

/** Return the address of a plan. */
export const planPath = (id: string) => `${PLANS}/${part(id)}`;

/** Return the address of the picture of a plan, with the rooms tinted that moved last. */
export function pictureOf(plan: SketchPlan, look: PlanLook): string {
  const tint = plan.rooms.filter((room) => room.moved).map((room) => room.id);
  return `${planPath(plan.id)}/file${query({
    format: "svg",
    view: look.view,
    storey: look.view === "plan" ? look.storey : null,
    version: plan.version,
    tint: tint.length ? tint.join(",") : null,
  })}`;
}

/** Return the address of the small picture of another version. */
export function thumbnailOf(id: string, version: string): string {
  return `${planPath(id)}/file${query({ format: "svg", storey: 0, version })}`;
}

/** Return the address of a plan as a file to keep. */
export function planFileOf({ id, version }: SketchPlan, format: PlanFile): string {
  return `${planPath(id)}/file${query({ format, version })}`;
}

/** Return the rooms of a storey where they lie, in metres. */
export function boxesOf(plan: SketchPlan, storey: number): RoomBox[] {
  const unit = plan.units_per_metre;
  return plan.rooms
    .filter((room) => room.storey === storey)
    .map((room) => ({
      id: room.id,
      name: room.name,
      fixed: room.kind === STAIR,
      west: room.x / unit,
      south: -(room.y + room.height) / unit + 0,
      east: (room.x + room.width) / unit,
      north: -room.y / unit + 0,
    }));
}

/** Return the part of the drawing that the picture of a storey shows. */
export function frameOf(plan: SketchPlan, storey: number): PlanFrame | null {
  const drawing = plan.drawings.find((one) => one.storey === storey);
  if (!drawing) return null;
  const { x, y, width, height } = drawing;
  return { x, y, width, height, unit: plan.units_per_metre };
}

/** Return whether a room is only there to lead to others. */
export function leadsOn(room: SketchPlan["rooms"][number]): boolean {
  return LEADS_ON.has(room.kind);
}

/** Return whether there's something before the newest version. */
export function canUndo(plan: SketchPlan): boolean {
  return plan.versions.find((one) => one.id === plan.newest)?.parent != null;
}

/** Return the versions to go back to, the newest first; variants have a place of their own. */
export function pastVersions(plan: SketchPlan): SketchPlan["versions"] {
  return plan.versions.filter((one) => one.cause !== "variant").reverse();
}

/** Return whether a change came too late: the plan was changed elsewhere. */
export function isConflict(error: unknown): boolean {
  return error instanceof Refused && error.code === "conflict";
}

/** Return whether the packages that draw and change plans are missing. */
export function isWorkerMissing(error: unknown): boolean {
  return error instanceof Refused && error.code === "worker_missing";
}
