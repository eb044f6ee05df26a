/** What the studio says: catalogs of their own, which load with its pages and not before. */

import type { Language } from "../preferences";
import type { studio } from "./en/studio";

export type StudioStrings = typeof studio;

/** Load the studio's catalog of a language; English if it doesn't come. */
export async function loadStudioStrings(language: Language): Promise<StudioStrings> {
  if (language === "zh") {
    try {
      return (await import("./zh/studio")).studio;
    } catch {
      // a page in English rather than none
    }
  }
  return (await import("./en/studio")).studio;
}
