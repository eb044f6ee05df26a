/** What the section of the person's style says: catalogs of their own, which load with it. */

import type { Language } from "../preferences";
import { loadCatalog } from "./catalogs";
import type { style } from "./en/style";

export type StyleStrings = typeof style;

/** Load the catalog of a language; English if it doesn't come. */
export function loadStyleStrings(language: Language): Promise<StyleStrings> {
  return loadCatalog(
    language,
    async () => (await import("./en/style")).style,
    async () => (await import("./zh/style")).style,
  );
}
