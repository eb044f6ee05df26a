/** Catalogs of strings that load with the pages that need them. */

import type { Language } from "../preferences";

/** Load the catalog of a language; English if it doesn't come. */
export async function loadCatalog<T>(
  language: Language,
  english: () => Promise<T>,
  chinese: () => Promise<T>,
): Promise<T> {
  if (language === "zh") {
    try {
      return await chinese();
    } catch {
      // a page in English rather than none
    }
  }
  return english();
}
