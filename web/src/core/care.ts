/** What is shown of help lines. Pure. */

import type { Language } from "./preferences";
import { care as english } from "./strings/en/care";
import { care as chinese } from "./strings/zh/care";
import type { HelpLine } from "./types";

/** The strings of a card: it's in the language of the message, not of the page. */
export const CARE_STRINGS: Record<Language, typeof english> = { en: english, zh: chinese };

/** Return the language of a card that the server names. */
export function cardLanguage(language: string): Language {
  return language === "zh" ? "zh" : "en";
}

/** Return the address that calls a number; `null` if it can't be called. */
export function telOf(number: string | null | undefined): string | null {
  const digits = (number ?? "").replace(/[^\d+*#]/g, "");
  return /\d/.test(digits) ? `tel:${digits}` : null;
}

/** Return the address of a website, if it's one. */
export function siteOf(url: string): string | null {
  return /^https?:\/\//i.test(url) ? url : null;
}

/** Return the hours of a line; around the clock in words. */
export function hoursOf(line: HelpLine, always: string): string {
  return line.hours === "24/7" ? always : line.hours;
}

/** Return the countries with their names in a language, by name. */
export function namedCountries(codes: readonly string[], tag: string) {
  const names = new Intl.DisplayNames([tag], { type: "region" });
  return codes
    .map((code) => ({ value: code, label: names.of(code) ?? code }))
    .sort((one, other) => one.label.localeCompare(other.label, tag));
}
