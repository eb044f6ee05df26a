import { describe, expect, it } from "vitest";
import {
  aliasesOf,
  arrivingModel,
  BUILT_IN,
  CONFIGURED,
  candidates,
  canMove,
  canRemove,
  canTakeOut,
  hostOf,
  isLastOne,
  isLoopback,
  likelyCapabilities,
  mayAnswer,
  moved,
  nameFor,
  shareOf,
  shownModels,
  strongerPacks,
  suggestedPack,
  withFirst,
} from "./models";
import type { Model, ModelList } from "./types";

const model = (name: string, more: Partial<Model> = {}): Model => ({
  name,
  origin: "pack",
  capabilities: ["chat"],
  size: "small",
  context_tokens: 8192,
  ready: false,
  about: "",
  licence: "Apache-2.0",
  bytes: 1,
  ...more,
});

const builtIn = model(BUILT_IN, { ready: true, bytes: 90 });
const able = model("able", { capabilities: ["chat", "learn"], size: "capable", bytes: 2500 });
const middling = model("middling", { bytes: 1100 });
const embedder = model("embeds", { capabilities: ["embed"], ready: true });
const cloud = model("cloud", { origin: "endpoint", ready: true });
const scripted = model("scripted", { origin: "scripted", ready: true });
const all = [able, builtIn, middling, embedder, cloud, scripted];

describe("who may answer", () => {
  it("asks for what the alias needs", () => {
    expect(mayAnswer("companion", builtIn)).toBe(true);
    expect(mayAnswer("companion", embedder)).toBe(false);
    expect(mayAnswer("embedder", embedder)).toBe(true);
    expect(mayAnswer("embedder", cloud)).toBe(false);
  });

  it("lets a pack learn only if the catalog says so, and an endpoint because one chose it", () => {
    expect(mayAnswer("learner", builtIn)).toBe(false);
    expect(mayAnswer("learner", able)).toBe(true);
    expect(mayAnswer("learner", cloud)).toBe(true);
  });

  it("offers who is not there yet, and never the scripted one", () => {
    const offered = candidates("companion", all, [BUILT_IN]).map((one) => one.name);
    expect(offered).toEqual(["able", "middling", "cloud"]);
  });

  it("shows the scripted one only where it is used", () => {
    expect(shownModels(all, {})).not.toContain(scripted);
    expect(shownModels(all, { companion: ["scripted"] })).toContain(scripted);
  });
});

describe("the order of an alias", () => {
  const names = ["a", "b", "c"];

  it("moves one by one place", () => {
    expect(moved(names, 1, -1)).toEqual(["b", "a", "c"]);
    expect(moved(names, 1, 1)).toEqual(["a", "c", "b"]);
    expect(moved(names, 0, -1)).toEqual(names);
    expect(moved(names, 7, 1)).toEqual(names);
  });

  it("knows the ends, and that the endpoint of the settings stays first", () => {
    expect(canMove(names, 0, -1)).toBe(false);
    expect(canMove(names, 2, 1)).toBe(false);
    expect(canMove(names, 1, 1)).toBe(true);
    expect(canMove([CONFIGURED, "a"], 0, 1)).toBe(false);
    expect(canMove([CONFIGURED, "a"], 1, -1)).toBe(false);
  });

  it("leaves at least one, but for learning", () => {
    expect(canTakeOut("companion", names, "a")).toBe(true);
    expect(canTakeOut("companion", ["a"], "a")).toBe(false);
    expect(canTakeOut("learner", ["a"], "a")).toBe(true);
    expect(canTakeOut("companion", [CONFIGURED, "a"], CONFIGURED)).toBe(false);
  });

  it("puts one first, once", () => {
    expect(withFirst(names, "c")).toEqual(["c", "a", "b"]);
    expect(withFirst(names, "d")).toEqual(["d", "a", "b", "c"]);
  });
});

describe("taking a model away", () => {
  const aliases = { companion: [BUILT_IN, "cloud"], embedder: ["embeds"], learner: [] };

  it("tells who it stands behind", () => {
    expect(aliasesOf("cloud", aliases)).toEqual(["companion"]);
    expect(aliasesOf("able", aliases)).toEqual([]);
  });

  it("leaves nobody without a model", () => {
    expect(isLastOne("embeds", aliases)).toBe(true);
    expect(canRemove(embedder, aliases)).toBe(false);
    expect(canRemove(cloud, aliases)).toBe(true);
    expect(canRemove(builtIn, aliases)).toBe(true);
    expect(isLastOne("cloud", { learner: ["cloud"] })).toBe(false);
  });

  it("has nothing to take away of what is not there", () => {
    expect(canRemove(able, aliases)).toBe(false);
    expect(canRemove(scripted, aliases)).toBe(false);
    expect(canRemove(model(CONFIGURED, { origin: "endpoint" }), aliases)).toBe(false);
  });
});

describe("what is offered to begin with", () => {
  it("lists the stronger ones by size and suggests an able one", () => {
    const packs = strongerPacks(all);
    expect(packs.map((one) => one.name)).toEqual(["middling", "able"]);
    expect(suggestedPack(packs)).toBe("able");
    expect(suggestedPack([middling])).toBe("middling");
    expect(suggestedPack([])).toBeNull();
  });

  it("tells how far a download is", () => {
    const download = { name: "able", state: "running", sentence: "" } as const;
    expect(shareOf({ ...download, bytes_done: 0, bytes_total: 0 })).toBeNull();
    expect(shareOf({ ...download, bytes_done: 25, bytes_total: 100 })).toBe(0.25);
    expect(shareOf({ ...download, bytes_done: 101, bytes_total: 100 })).toBe(1);
  });
});

describe("addresses and names", () => {
  it("knows this machine", () => {
    expect(isLoopback("http://127.0.0.1:11434/v1")).toBe(true);
    expect(isLoopback(" http://localhost:1234")).toBe(true);
    expect(isLoopback("http://[::1]:8000/v1")).toBe(true);
    expect(isLoopback("https://api.example.com/v1")).toBe(false);
    expect(isLoopback("http://127.0.0.1.example.com")).toBe(false);
    expect(isLoopback("not an address")).toBe(false);
  });

  it("names the host of what is an address", () => {
    expect(hostOf("https://api.example.com/v1")).toBe("api.example.com");
    expect(hostOf("ftp://example.com")).toBe("");
    expect(hostOf("api.example.com")).toBe("");
  });

  it("tells what embeds by its name", () => {
    expect(likelyCapabilities("text-embedding-3-small")).toEqual(["embed"]);
    expect(likelyCapabilities("Qwen3-4B-Instruct")).toEqual(["chat"]);
  });

  it("finds a free name", () => {
    expect(nameFor("org/Big Model.gguf", [])).toBe("Big-Model");
    expect(nameFor("cloud", [cloud])).toBe("cloud-2");
    expect(nameFor("tau", [])).toBe("tau-2");
    expect(nameFor("", [])).toBe("endpoint");
  });
});

describe("the better built-in model", () => {
  const better = model("better", { ready: false });
  const list = (more: Partial<ModelList["builtin"]>): ModelList => ({
    models: [builtIn, better],
    aliases: {},
    builtin: { names: [BUILT_IN, "better"], better: "better", in_use: true, ...more },
  });

  it("is on its way until it answers first", () => {
    expect(arrivingModel(list({}))).toBe(better);
    expect(arrivingModel(list({ names: ["better", BUILT_IN] }))).toBeNull();
    expect(arrivingModel(list({ names: [BUILT_IN], better: null }))).toBeNull();
  });

  it("does not take the place of a model that somebody chose", () => {
    expect(arrivingModel(list({ in_use: false }))).toBeNull();
  });
});
