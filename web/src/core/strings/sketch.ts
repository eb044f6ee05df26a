/** What plans say: catalogs of their own, which load with them. */

import type { Language } from "../preferences";
import { loadCatalog } from "./catalogs";
import type { sketch } from "./en/sketch";

export type SketchStrings = typeof sketch;

/** Load the catalog of a language; English if it doesn't come. */
export function loadSketchStrings(language: Language): Promise<SketchStrings> {
  return loadCatalog(
    language,
    async () => (await import("./en/sketch")).sketch,
    async () => (await import("./zh/sketch")).sketch,
  );
}
