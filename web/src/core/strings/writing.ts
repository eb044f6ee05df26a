/** What the pages of documents say: catalogs of their own, which load with them. */

import type { Language } from "../preferences";
import type { writing } from "./en/writing";

export type WritingStrings = typeof writing;

/** Load the catalog of a language; English if it doesn't come. */
export async function loadWritingStrings(language: Language): Promise<WritingStrings> {
  if (language === "zh") {
    try {
      return (await import("./zh/writing")).writing;
    } catch {
      // a page in English rather than none
    }
  }
  return (await import("./en/writing")).writing;
}
