/** Which models an alias may use and in which order, as the settings offer them. Knows no network. */

import type { Download, Model } from "./types";

export const ALIASES = ["companion", "learner", "embedder"] as const;
export type Alias = (typeof ALIASES)[number];
/** The stand-in that every Tau has. */
export const BUILT_IN = "smollm2-135m-instruct";
/** What finds what was meant, in every Tau. */
export const BUILT_IN_EMBEDDER = "all-minilm-l6-v2";
/** The endpoint of the settings: it heads the companion whatever the page says. */
export const CONFIGURED = "configured";

const TAKEN = new Set(["tau", CONFIGURED, "scripted", "scripted-embedder", ...ALIASES]);

/** Return whether a model may answer for an alias; of packs the catalog says who may learn. */
export function mayAnswer(alias: Alias, model: Model): boolean {
  const can = new Set(model.capabilities);
  if (alias === "embedder") return can.has("embed");
  if (!can.has("chat")) return false;
  return alias === "companion" || model.origin !== "pack" || can.has("learn");
}

/** Return who may be added to an alias that means `names`; the scripted ones are for tests. */
export function candidates(alias: Alias, models: readonly Model[], names: readonly string[]) {
  return models.filter(
    (model) =>
      model.origin !== "scripted" && !names.includes(model.name) && mayAnswer(alias, model),
  );
}

/** Return the models to list: the scripted ones only where an alias means them. */
export function shownModels(
  models: readonly Model[],
  aliases: Record<string, readonly string[]>,
): Model[] {
  const used = new Set(Object.values(aliases).flat());
  return models.filter((model) => model.origin !== "scripted" || used.has(model.name));
}

/** Return the names with the one at `index` moved by one place up (-1) or down (1). */
export function moved(names: readonly string[], index: number, by: -1 | 1): string[] {
  const next = [...names];
  const [name] = next.splice(index, 1);
  if (name !== undefined) next.splice(Math.max(0, index + by), 0, name);
  return next;
}

/** Return whether the one at `index` can move: the endpoint of the settings always stands first. */
export function canMove(names: readonly string[], index: number, by: -1 | 1): boolean {
  const other = names[index + by];
  return other !== undefined && names[index] !== CONFIGURED && other !== CONFIGURED;
}

/** Return whether a name may be taken out of an alias: only learning can do without anybody. */
export function canTakeOut(alias: Alias, names: readonly string[], name: string): boolean {
  return name !== CONFIGURED && (names.length > 1 || alias === "learner");
}

/** Return the names with `name` asked first. */
export function withFirst(names: readonly string[], name: string): string[] {
  return [name, ...names.filter((one) => one !== name)];
}

/** Return the aliases that mean a model. */
export function aliasesOf(name: string, aliases: Record<string, readonly string[]>): string[] {
  return Object.keys(aliases).filter((alias) => aliases[alias]?.includes(name));
}

/** Return whether nobody would be left to talk or to find if this one went. */
export function isLastOne(name: string, aliases: Record<string, readonly string[]>): boolean {
  return Object.entries(aliases).some(
    ([alias, names]) => alias !== "learner" && names.length === 1 && names[0] === name,
  );
}

/** Return whether a model can be taken away: an added endpoint, or what was downloaded of a pack. */
export function canRemove(model: Model, aliases: Record<string, readonly string[]>): boolean {
  if (model.origin === "endpoint")
    return model.name !== CONFIGURED && !isLastOne(model.name, aliases);
  return model.origin === "pack" && model.ready && !isLastOne(model.name, aliases);
}

/** Return the stronger open models that can be downloaded to talk with, the smallest first. */
export function strongerPacks(models: readonly Model[]): Model[] {
  return models
    .filter((model) => model.origin === "pack" && model.name !== BUILT_IN)
    .filter((model) => model.capabilities.includes("chat"))
    .sort((a, b) => a.bytes - b.bytes);
}

/** Return which of the packs to suggest: the smallest that is able enough to learn. */
export function suggestedPack(packs: readonly Model[]): string | null {
  const able = packs.find((model) => model.capabilities.includes("learn"));
  return (able ?? packs.at(-1))?.name ?? null;
}

/** Return how much of a download has arrived, from 0 to 1; none while its size is not known. */
export function shareOf({ bytes_done, bytes_total }: Download): number | null {
  return bytes_total > 0 ? Math.min(1, bytes_done / bytes_total) : null;
}

/** Return whether an address leads to this very machine, so that nothing sent there leaves it. */
export function isLoopback(address: string): boolean {
  const host = hostOf(address);
  return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}

/** Return the host that an address names; nothing where it is none. */
export function hostOf(address: string): string {
  try {
    const { protocol, hostname } = new URL(address.trim());
    return protocol === "http:" || protocol === "https:" ? hostname : "";
  } catch {
    return "";
  }
}

/** Return a free name for what an endpoint calls `model`. */
export function nameFor(model: string, models: readonly Model[]): string {
  const last = model.split("/").at(-1) ?? "";
  const plain =
    last
      .replace(/\.gguf$/i, "")
      .replace(/[^\w.:-]+/g, "-")
      .slice(0, 100) || "endpoint";
  const taken = (name: string) => TAKEN.has(name) || models.some((one) => one.name === name);
  let name = plain;
  for (let count = 2; taken(name); count += 1) name = `${plain}-${count}`;
  return name;
}

const EMBEDDERS = ["embed", "minilm", "bge-", "gte-", "e5-", "-bert", "bert-"];

/** Return what a model of that name does; the server tries it by the same signs. */
export function likelyCapabilities(model: string): ["embed"] | ["chat"] {
  const name = model.toLowerCase();
  return EMBEDDERS.some((sign) => name.includes(sign)) ? ["embed"] : ["chat"];
}
