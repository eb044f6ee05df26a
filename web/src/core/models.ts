/** Which models an alias may use and in which order, as the settings offer them. Knows no network. */

import type { Download, Model, ModelList } from "./types";

export const ALIASES = ["companion", "learner", "embedder"] as const;
export type Alias = (typeof ALIASES)[number];
/** The built-in chat model. */
export const BUILT_IN = "smollm2-135m-instruct";
/** The built-in embedder. */
export const BUILT_IN_EMBEDDER = "multilingual-e5-small";
/** The endpoint from the settings: always first in `companion`. */
export const CONFIGURED = "configured";

const TAKEN = new Set(["tau", CONFIGURED, "scripted", "scripted-embedder", ...ALIASES]);

/** Return whether a model can be used for an alias; for packs the catalog says which can learn. */
export function mayAnswer(alias: Alias, model: Model): boolean {
  const can = new Set(model.capabilities);
  if (alias === "embedder") return can.has("embed");
  if (!can.has("chat")) return false;
  return alias === "companion" || model.origin !== "pack" || can.has("learn");
}

/** Return the models that can be added to an alias; the scripted ones are for tests. */
export function candidates(alias: Alias, models: readonly Model[], names: readonly string[]) {
  return models.filter(
    (model) =>
      model.origin !== "scripted" && !names.includes(model.name) && mayAnswer(alias, model),
  );
}

/** Return the models to list; the scripted ones only if an alias uses them. */
export function shownModels(
  models: readonly Model[],
  aliases: Record<string, readonly string[]>,
): Model[] {
  const used = new Set(Object.values(aliases).flat());
  return models.filter((model) => model.origin !== "scripted" || used.has(model.name));
}

/** Return the names with the one at `index` moved up (-1) or down (1). */
export function moved(names: readonly string[], index: number, by: -1 | 1): string[] {
  const next = [...names];
  const [name] = next.splice(index, 1);
  if (name !== undefined) next.splice(Math.max(0, index + by), 0, name);
  return next;
}

/** Return whether the one at `index` can move; the endpoint from the settings is always first. */
export function canMove(names: readonly string[], index: number, by: -1 | 1): boolean {
  const other = names[index + by];
  return other !== undefined && names[index] !== CONFIGURED && other !== CONFIGURED;
}

/** Return whether a name can be removed from an alias; only `learner` may be empty. */
export function canTakeOut(alias: Alias, names: readonly string[], name: string): boolean {
  return name !== CONFIGURED && (names.length > 1 || alias === "learner");
}

/** Return the names with `name` first. */
export function withFirst(names: readonly string[], name: string): string[] {
  return [name, ...names.filter((one) => one !== name)];
}

/** Return the aliases that use a model. */
export function aliasesOf(name: string, aliases: Record<string, readonly string[]>): string[] {
  return Object.keys(aliases).filter((alias) => aliases[alias]?.includes(name));
}

/** Return whether it's the last model of `companion` or `embedder`. */
export function isLastOne(name: string, aliases: Record<string, readonly string[]>): boolean {
  return Object.entries(aliases).some(
    ([alias, names]) => alias !== "learner" && names.length === 1 && names[0] === name,
  );
}

/** Return whether a model can be removed: an added endpoint or a downloaded pack. */
export function canRemove(model: Model, aliases: Record<string, readonly string[]>): boolean {
  if (model.origin === "endpoint")
    return model.name !== CONFIGURED && !isLastOne(model.name, aliases);
  return model.origin === "pack" && model.ready && !isLastOne(model.name, aliases);
}

/** Return the better built-in model while it does not answer yet; it does so by itself. */
export function arrivingModel({ models, builtin }: ModelList): Model | null {
  if (!builtin.in_use || builtin.better === null || builtin.names[0] === builtin.better)
    return null;
  return models.find((model) => model.name === builtin.better) ?? null;
}

/** Return the stronger chat models that can be downloaded, smallest first. */
export function strongerPacks(models: readonly Model[]): Model[] {
  return models
    .filter((model) => model.origin === "pack" && model.name !== BUILT_IN)
    .filter((model) => model.capabilities.includes("chat"))
    .sort((a, b) => a.bytes - b.bytes);
}

/** Return the pack to suggest: the smallest that can learn. */
export function suggestedPack(packs: readonly Model[]): string | null {
  const able = packs.find((model) => model.capabilities.includes("learn"));
  return (able ?? packs.at(-1))?.name ?? null;
}

/** Return the progress of a download, from 0 to 1, if its size is known. */
export function shareOf({ bytes_done, bytes_total }: Download): number | null {
  return bytes_total > 0 ? Math.min(1, bytes_done / bytes_total) : null;
}

/** Return whether an address is on this machine, so that data sent there stays here. */
export function isLoopback(address: string): boolean {
  const host = hostOf(address);
  return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}

/** Return the host of an address; empty if it's invalid. */
export function hostOf(address: string): string {
  try {
    const { protocol, hostname } = new URL(address.trim());
    return protocol === "http:" || protocol === "https:" ? hostname : "";
  } catch {
    return "";
  }
}

/** Return an unused name for an endpoint's `model`. */
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

/** Return the likely capability of a model by its name, as the server does. */
export function likelyCapabilities(model: string): ["embed"] | ["chat"] {
  const name = model.toLowerCase();
  return EMBEDDERS.some((sign) => name.includes(sign)) ? ["embed"] : ["chat"];
}
