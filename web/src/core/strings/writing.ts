/** What the pages of documents say: catalogs of their own, which load with them. */

import type { Language } from "../preferences";
import { loadCatalog } from "./catalogs";
import type { writing } from "./en/writing";

export type WritingStrings = typeof writing;

/** Load the catalog of a language; English if it doesn't come. */
export function loadWritingStrings(language: Language): Promise<WritingStrings> {
  return loadCatalog(
    language,
    async () => (await import("./en/writing")).writing,
    async () => (await import("./zh/writing")).writing,
  );
}
