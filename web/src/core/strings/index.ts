/** What the page says: one catalog per language, of which a browser loads one. */

import type { Language } from "../preferences";
import type { en } from "./en";

export type Strings = typeof en;

/** Load the catalog of a language. */
async function catalogOf(language: Language): Promise<Strings> {
  if (language === "zh") return (await import("./zh")).zh;
  return (await import("./en")).en;
}

const AGAIN_AFTER_MS = 1000;

/**
 * Load the catalog of a language; returns it with the language that it is in.
 *
 * What does not come is asked for once more; then English takes its place, rather than nothing.
 */
export async function loadStrings(
  language: Language,
  load = catalogOf,
  againAfterMs = AGAIN_AFTER_MS,
): Promise<{ say: Strings; language: Language }> {
  for (const one of [language, language, "en"] as const) {
    try {
      return { say: await load(one), language: one };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, againAfterMs));
    }
  }
  throw new TypeError("No catalog can be loaded.");
}

/** What `lang` says of a page in this language. */
export const LANGUAGE_TAGS: Record<Language, string> = { en: "en", zh: "zh-Hans" };
/** What speakers call their own language. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: "English", zh: "简体中文" };
