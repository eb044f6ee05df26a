import { afterEach, describe, expect, it, vi } from "vitest";

const PARTS = [{ label: "Signs", lines: ["no sleep", "睡不着"] }];

class Kept {
  #values = new Map<string, string>();
  getItem = (key: string) => this.#values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#values.set(key, value);
  removeItem = (key: string) => void this.#values.delete(key);
  all = () => [...this.#values.values()].join("\n");
}

async function loaded(kept = new Kept()) {
  vi.stubGlobal("localStorage", kept);
  vi.resetModules();
  return { kept, ...(await import("./planCopy")) };
}

afterEach(() => vi.unstubAllGlobals());

describe("the copy of the safety plan on a device", () => {
  it("isn't there unless it's asked for", async () => {
    const { planCopy, kept } = await loaded();
    expect(planCopy.get()).toBeNull();
    expect(kept.all()).toBe("");
  });

  it("is opened by its passphrase alone, and holds no word of the plan", async () => {
    const { kept, keepLocked, openCopy } = await loaded();
    await keepLocked("me", "v1", PARTS, "a passphrase");
    expect(kept.all()).not.toMatch(/sleep|睡|passphrase/);
    const again = await loaded(kept);
    const copy = again.planCopy.get();
    if (copy === null) throw new Error("there is no copy");
    expect(await openCopy(copy, "another")).toBeNull();
    expect(await openCopy(copy, "a passphrase")).toEqual(PARTS);
  });

  it("is readable if the person chose that, and gone when it's dropped", async () => {
    const { kept, keepOpen, dropCopy, openCopy, planCopy } = await loaded();
    keepOpen("me", "v1", PARTS);
    const copy = planCopy.get();
    if (copy === null) throw new Error("there is no copy");
    expect(await openCopy(copy, "")).toEqual(PARTS);
    dropCopy();
    expect(planCopy.get()).toBeNull();
    expect(kept.all()).toBe("");
  });

  it("is ignored if it's damaged", async () => {
    const kept = new Kept();
    kept.setItem("tau.care.plan", '{"kind":"strange"}');
    expect((await loaded(kept)).planCopy.get()).toBeNull();
    kept.setItem("tau.care.plan", "{");
    expect((await loaded(kept)).planCopy.get()).toBeNull();
  });
});
