/** What the care space says: catalogs of their own, which load with it and not before. */

import type { Language } from "../preferences";
import type { space } from "./en/space";

export type SpaceStrings = typeof space;

/** Load the care space's catalog of a language; English if it doesn't come. */
export async function loadSpaceStrings(language: Language): Promise<SpaceStrings> {
  if (language === "zh") {
    try {
      return (await import("./zh/space")).space;
    } catch {
      // a page in English rather than none
    }
  }
  return (await import("./en/space")).space;
}
