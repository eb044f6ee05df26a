/** The form that a plan is begun with, and the brief that it becomes. Pure. */

import type { PlanSide } from "./plan-walls";
import type { Language } from "./preferences";

export const SIDES = ["north", "east", "south", "west"] as const satisfies readonly PlanSide[];
export const EXTRAS = ["study", "wc", "utility", "storage", "dining", "garage"] as const;

export type ExtraRoom = (typeof EXTRAS)[number];

/** What the form holds. */
export interface PlanForm {
  total: string;
  bedrooms: number;
  baths: number;
  storeys: 1 | 2;
  shape: "rectangle" | "L";
  garden: PlanSide | "";
  entrance: PlanSide | "";
  extras: ExtraRoom[];
  accessible: boolean;
}

export const FIRST_FORM: PlanForm = {
  total: "",
  bedrooms: 2,
  baths: 1,
  storeys: 1,
  shape: "rectangle",
  garden: "",
  entrance: "",
  extras: [],
  accessible: false,
};

export const LEAST_TOTAL = 8;
export const MOST_TOTAL = 2000;

interface WantedRoom {
  id: string;
  kind: string;
  accessible?: boolean;
}

/** A brief as the API takes it. */
export interface PlanBrief {
  rooms: WantedRoom[];
  language: Language;
  storeys: number;
  shape: "rectangle" | "L";
  total?: number;
  entrance?: PlanSide;
  site?: { garden: PlanSide };
}

/** Return the area that was written, `null` for none, `NaN` for what is no area. */
export function totalOf(written: string): number | null {
  const text = written.trim().replace(",", ".");
  if (!text) return null;
  const total = Number(text);
  return total >= LEAST_TOTAL && total <= MOST_TOTAL ? total : Number.NaN;
}

/** Return the brief of a form. */
export function briefOf(form: PlanForm, language: Language): PlanBrief {
  const total = totalOf(form.total);
  return {
    rooms: [
      { id: "living", kind: "living" },
      { id: "kitchen", kind: "kitchen" },
      ...several("bedroom", form.bedrooms, form.accessible),
      ...several("bath", form.baths, form.accessible),
      ...form.extras.map((kind) => ({ id: kind, kind })),
    ],
    language,
    storeys: form.storeys,
    shape: form.shape,
    ...(total !== null && { total }),
    ...(form.entrance && { entrance: form.entrance }),
    ...(form.garden && { site: { garden: form.garden } }),
  };
}

function several(kind: string, count: number, accessible: boolean): WantedRoom[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index ? `${kind}${index + 1}` : kind,
    kind,
    ...(accessible && index === 0 && { accessible }),
  }));
}
