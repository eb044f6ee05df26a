/** What the page says: one catalog per language, of which a browser loads one. */

import type { Language } from "../preferences";
import type { en } from "./en";

export type Strings = typeof en;

/** Load the catalog of a language. */
export async function loadStrings(language: Language): Promise<Strings> {
  if (language === "zh") return (await import("./zh")).zh;
  return (await import("./en")).en;
}

/** What `lang` says of a page in this language. */
export const LANGUAGE_TAGS: Record<Language, string> = { en: "en", zh: "zh-Hans" };
/** What speakers call their own language. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: "English", zh: "简体中文" };
