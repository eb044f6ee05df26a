/** What the care space says: catalogs of their own, which load with it and not before. */

import type { Language } from "../preferences";
import { loadCatalog } from "./catalogs";
import type { space } from "./en/space";

export type SpaceStrings = typeof space;

/** Load the catalog of a language; English if it doesn't come. */
export function loadSpaceStrings(language: Language): Promise<SpaceStrings> {
  return loadCatalog(
    language,
    async () => (await import("./en/space")).space,
    async () => (await import("./zh/space")).space,
  );
}
