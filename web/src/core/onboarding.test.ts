import { describe, expect, it } from "vitest";
import { BUILT_IN, BUILT_IN_EMBEDDER } from "./models";
import { chosenBefore, isChosen, learningOf, planOf, suggestedChoice, talkers } from "./onboarding";
import type { Model, ModelList } from "./types";

const model = (name: string, more: Partial<Model> = {}): Model => ({
  name,
  origin: "pack",
  capabilities: ["chat"],
  size: "small",
  context_tokens: 8192,
  ready: true,
  about: "",
  licence: "",
  bytes: 1,
  ...more,
});

const able = model("able", { capabilities: ["chat", "learn"], ready: false });
const list = (more: Partial<ModelList> = {}): ModelList => ({
  models: [model(BUILT_IN), model(BUILT_IN_EMBEDDER, { capabilities: ["embed"] }), able],
  aliases: { companion: [BUILT_IN], embedder: [BUILT_IN_EMBEDDER], learner: [] },
  builtin: { names: [BUILT_IN], better: null, in_use: true },
  ...more,
});
const found = model("ollama/llama", { origin: "found" });
const finder = model("ollama/embed", { origin: "found", capabilities: ["embed"] });

describe("what is suggested", () => {
  it("is what was chosen before, what was found, or the built-in one", () => {
    const chosen = list({ aliases: { companion: ["configured", BUILT_IN] } });
    expect(chosenBefore(chosen)).toBe("configured");
    expect(chosenBefore(list())).toBeNull();
    const better = list({
      aliases: { companion: ["better", BUILT_IN] },
      builtin: { names: ["better", BUILT_IN], better: "better", in_use: true },
    });
    expect(chosenBefore(better)).toBeNull();
    expect(suggestedChoice(chosen, [found])).toEqual({ kind: "as-is" });
    expect(suggestedChoice(list(), [finder, found])).toEqual({ kind: "found", name: found.name });
    expect(suggestedChoice(list(), [finder])).toEqual({ kind: "built-in" });
    expect(talkers([finder, found])).toEqual([found]);
  });
});

describe("what is to be done", () => {
  it("is nothing where all is as chosen", () => {
    const nothing = { pulls: [], aliases: [] };
    expect(planOf({ kind: "as-is" }, true, list())).toEqual(nothing);
    expect(planOf({ kind: "built-in" }, true, list())).toEqual(nothing);
  });

  it("leaves the choice among the built-in models to Tau", () => {
    const chosen = list({
      aliases: { companion: ["cloud", BUILT_IN] },
      builtin: { names: [BUILT_IN, "better"], better: "better", in_use: false },
    });
    expect(planOf({ kind: "built-in" }, false, chosen)).toEqual({
      pulls: [],
      aliases: [{ alias: "companion", names: [] }],
    });
  });

  it("downloads what is missing, and lets the next one answer meanwhile", () => {
    expect(planOf({ kind: "pack", name: "able" }, true, list())).toEqual({
      pulls: ["able"],
      aliases: [
        { alias: "companion", names: ["able", BUILT_IN] },
        { alias: "learner", names: ["able"] },
      ],
    });
  });

  it("fetches the built-in pair where it is missing too", () => {
    const bare = list();
    bare.models = bare.models.map((one) => ({ ...one, ready: false }));
    expect(planOf({ kind: "built-in" }, false, bare).pulls).toEqual([BUILT_IN_EMBEDDER, BUILT_IN]);
  });

  it("fetches no built-in model to talk with where the settings want none", () => {
    const bare = list({ builtin: { names: [], better: null, in_use: true } });
    bare.models = bare.models.map((one) => ({ ...one, ready: false }));
    expect(planOf({ kind: "found", name: found.name }, false, bare).pulls).toEqual([
      BUILT_IN_EMBEDDER,
    ]);
  });

  it("lets nothing learn that was not asked to", () => {
    const plan = planOf({ kind: "found", name: found.name }, false, list());
    expect(plan.aliases.map((one) => one.alias)).toEqual(["companion"]);
  });

  it("waits for an endpoint to be kept", () => {
    const untried = { kind: "endpoint", name: null, stays: false } as const;
    expect(isChosen(untried)).toBe(false);
    expect(planOf(untried, true, list()).aliases).toEqual([]);
    expect(isChosen({ ...untried, name: "cloud" })).toBe(true);
  });
});

it("tells where words go that are learned from", () => {
  expect(learningOf({ kind: "found", name: "x" }, [])).toBe("here");
  expect(learningOf({ kind: "endpoint", name: "x", stays: false }, [])).toBe("there");
  expect(learningOf({ kind: "endpoint", name: "x", stays: true }, [])).toBe("here");
  expect(learningOf({ kind: "pack", name: "able" }, [able])).toBe("here");
  expect(learningOf({ kind: "pack", name: BUILT_IN }, list().models)).toBeNull();
  expect(learningOf({ kind: "built-in" }, [])).toBeNull();
});
