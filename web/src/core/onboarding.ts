/** The first run: the model that was chosen, and the steps to use it. Knows no network. */

import {
  BUILT_IN,
  BUILT_IN_EMBEDDER,
  mayAnswer,
  strongerPacks,
  suggestedPack,
  withFirst,
} from "./models";
import type { Model, ModelList } from "./types";

export type ModelChoice =
  | { kind: "as-is" }
  | { kind: "built-in" }
  | { kind: "found"; name: string }
  | { kind: "pack"; name: string }
  /** `name` is null until the endpoint is saved; `stays`: it's on this machine. */
  | { kind: "endpoint"; name: string | null; stays: boolean };

export interface Plan {
  /** What to download, in this order. */
  pulls: string[];
  /** The models to set for the aliases. */
  aliases: { alias: "companion" | "learner"; names: string[] }[];
}

/** Return the chat model chosen earlier, if it isn't a built-in one. */
export function chosenBefore({ aliases, builtin }: ModelList): string | null {
  const first = aliases.companion?.[0];
  return first === undefined || [BUILT_IN, ...builtin.names].includes(first) ? null : first;
}

/** Return the choice to suggest: a configured or discovered model, else the built-in one. */
export function suggestedChoice(list: ModelList, found: readonly Model[]): ModelChoice {
  if (chosenBefore(list) !== null) return { kind: "as-is" };
  const talks = talkers(found)[0];
  return talks ? { kind: "found", name: talks.name } : { kind: "built-in" };
}

/** Return the discovered models that can chat. */
export function talkers(found: readonly Model[]): Model[] {
  return found.filter((model) => mayAnswer("companion", model));
}

/** Return the suggested stronger model as a choice. */
export function strongerChoice(models: readonly Model[]): ModelChoice | null {
  const name = suggestedPack(strongerPacks(models));
  return name === null ? null : { kind: "pack", name };
}

/** Return where a model learns facts from messages: on this machine, elsewhere, or not at all. */
export function learningOf(choice: ModelChoice, models: readonly Model[]): "here" | "there" | null {
  switch (choice.kind) {
    case "found":
      return "here";
    case "endpoint":
      return choice.stays ? "here" : "there";
    case "pack": {
      const pack = models.find((model) => model.name === choice.name);
      return pack && mayAnswer("learner", pack) ? "here" : null;
    }
    default:
      return null;
  }
}

/** Return whether the choice is complete: an endpoint has to be saved first. */
export function isChosen(choice: ModelChoice): boolean {
  return choice.kind !== "endpoint" || choice.name !== null;
}

/**
 * Return the steps for a choice.
 *
 * A model that's still downloading comes first anyway; the next one is used until it's ready.
 */
export function planOf(choice: ModelChoice, learns: boolean, list: ModelList): Plan {
  const { models, aliases, builtin } = list;
  if (choice.kind === "as-is") return { pulls: [], aliases: [] };
  const name = choice.kind === "built-in" ? BUILT_IN : choice.name;
  if (name === null) return { pulls: [], aliases: [] };
  const isMissing = (one: string) =>
    models.some((model) => model.name === one && model.origin === "pack" && !model.ready);
  const small = builtin.names.length > 0 ? [BUILT_IN] : []; // none: the setting `builtin`
  const chosen = choice.kind === "built-in" ? [] : [name];
  const wanted = [...new Set([BUILT_IN_EMBEDDER, ...small, ...chosen])];
  const plan: Plan = { pulls: wanted.filter(isMissing), aliases: [] };
  const before = aliases.companion ?? [];
  if (choice.kind === "built-in") {
    // none: Tau chooses among the built-in ones
    if (!builtin.in_use && before[0] !== name) plan.aliases.push({ alias: "companion", names: [] });
  } else if (before[0] !== name) {
    plan.aliases.push({ alias: "companion", names: withFirst(before, name) });
  }
  if (learns && learningOf(choice, models) !== null) {
    plan.aliases.push({ alias: "learner", names: withFirst(aliases.learner ?? [], name) });
  }
  return plan;
}
