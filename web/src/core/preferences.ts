/** Preferences of this device. They stay in the browser and are never sent. */

import { Store } from "./store";

export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];
export type Theme = "system" | "light" | "dark";
export type TextSize = "small" | "medium" | "large" | "huge";

export interface Preferences {
  language: Language;
  theme: Theme;
  textSize: TextSize;
  /** Whether this device keeps copies of recent conversations. */
  keepsOffline: boolean;
  /** Whether the person skipped the onboarding. */
  introduced: boolean;
}

const KEY = "tau.preferences";

/** Return the initial language: the browser's first one that Tau supports. */
export function languageOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const known = LANGUAGES.find((one) => tag.toLowerCase().split("-")[0] === one);
    if (known) return known;
  }
  return "en";
}

/** Parse stored preferences; unknown values count as unset. */
export function preferencesOf(kept: string | null, wanted: readonly string[]): Preferences {
  const chosen = parsed(kept);
  const among = <T>(values: readonly T[], value: unknown, otherwise: T): T =>
    values.includes(value as T) ? (value as T) : otherwise;
  return {
    language: among(LANGUAGES, chosen.language, languageOf(wanted)),
    theme: among(["system", "light", "dark"] as const, chosen.theme, "system"),
    textSize: among(["small", "medium", "large", "huge"] as const, chosen.textSize, "medium"),
    keepsOffline: chosen.keepsOffline !== false,
    introduced: chosen.introduced === true,
  };
}

function parsed(kept: string | null): Partial<Record<keyof Preferences, unknown>> {
  try {
    const value: unknown = JSON.parse(kept ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function kept(): string | null {
  try {
    return globalThis.localStorage?.getItem(KEY) ?? null;
  } catch {
    return null; // the browser stores nothing
  }
}

export const preferences = new Store(preferencesOf(kept(), globalThis.navigator?.languages ?? []));

/** Change some preferences, here and in this browser's other tabs. */
export function prefer(change: Partial<Preferences>): void {
  const next = { ...preferences.get(), ...change };
  preferences.set(next);
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // kept for this visit only
  }
}

globalThis.addEventListener?.("storage", (event) => {
  if (event.key === KEY) preferences.set(preferencesOf(event.newValue, navigator.languages));
});
