/** What the studio says: catalogs of their own, which load with its pages and not before. */

import type { Language } from "../preferences";
import { loadCatalog } from "./catalogs";
import type { studio } from "./en/studio";

export type StudioStrings = typeof studio;

/** Load the catalog of a language; English if it doesn't come. */
export function loadStudioStrings(language: Language): Promise<StudioStrings> {
  return loadCatalog(
    language,
    async () => (await import("./en/studio")).studio,
    async () => (await import("./zh/studio")).studio,
  );
}
