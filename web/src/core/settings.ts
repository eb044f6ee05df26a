/** The settings pages per role, and validation of typed values. */

import { SETTINGS_VIEWS, type SettingsView } from "./routes";

/** The shortest password that Tau accepts. */
export const SHORTEST_PASSWORD = 8;

const OWNERS: readonly SettingsView[] = ["people"];

/** Return the settings pages of a person; only the owner manages people. */
export function viewsFor(owner: boolean): SettingsView[] {
  return SETTINGS_VIEWS.filter((view) => owner || !OWNERS.includes(view));
}

/** Return whether a name was typed correctly, ignoring surrounding spaces. */
export function isTyped(typed: string, name: string): boolean {
  return typed.trim().normalize() === name.trim().normalize() && name.trim() !== "";
}

/** Return seconds in the largest whole unit. */
export function spanOf(seconds: number): { count: number; unit: "minute" | "hour" | "day" } {
  if (seconds >= 86_400) return { count: Math.round(seconds / 86_400), unit: "day" };
  if (seconds >= 3_600) return { count: Math.round(seconds / 3_600), unit: "hour" };
  return { count: Math.max(1, Math.round(seconds / 60)), unit: "minute" };
}

/** Return the command that restores a backup of this Tau. */
export function restoreCommand(home: string, name: string | null): string {
  if (name === null) return "tau restore FILE";
  const between = home.includes("\\") ? "\\" : "/";
  const path = [home, "backups", name].join(between);
  return `tau restore ${/^[\w./\\:~-]+$/.test(path) ? path : `"${path}"`}`;
}
