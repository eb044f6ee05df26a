import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draftOf } from "./drafts";
import { outbox, release } from "./outbox";
import { Turns } from "./turns";

class Storage {
  readonly #kept = new Map<string, string>();
  getItem = (key: string) => this.#kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#kept.set(key, value);
  removeItem = (key: string) => void this.#kept.delete(key);
}

const event = (id: number, type: string, more = {}) =>
  `id: ${id}\ndata: ${JSON.stringify({ id, type, ...more })}\n\n`;
const SAID = event(1, "accepted", { turn: "t", conversation: "c", message: "w" });
const REPLIED = `${event(2, "delta", { text: "Hi" })}${event(3, "done", { message: "r", status: "complete", model: "m" })}`;
const refusal = (status: number) =>
  new Response(JSON.stringify({ error: { code: "too_large", sentence: "Too long." } }), { status });

function answers(...given: (Response | Error | "never")[]) {
  const asked = vi.fn(async (_path: string, init: RequestInit) => {
    const next = given.shift() ?? "never";
    if (next === "never") {
      return new Promise<Response>((_, reject) => {
        init.signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      });
    }
    if (next instanceof Error) throw next;
    return next;
  });
  vi.stubGlobal("fetch", asked);
  return asked;
}

const saying = { conversation: "c", words: "Hello", turn: "t", person: "p" };
const waiting = () => outbox.get().map((one) => one.turn);

beforeEach(() => {
  vi.stubGlobal("localStorage", new Storage());
  vi.stubGlobal("sessionStorage", new Storage());
  vi.useFakeTimers();
});

afterEach(() => {
  for (const turn of waiting()) release(turn);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("words", () => {
  it("are kept on the device until Tau has them, and no longer", async () => {
    answers(new Response(SAID + REPLIED));
    const turns = new Turns(() => {
      expect(waiting()).toEqual([]); // told after they arrived
    });
    const saidIt = turns.say(saying);
    expect(waiting()).toEqual(["t"]);
    await vi.runAllTimersAsync();
    await saidIt;
    expect([waiting(), turns.of("c")]).toEqual([[], null]);
  });

  it("survive a page that is closed before Tau answers", async () => {
    answers("never");
    const turns = new Turns(() => undefined);
    void turns.say(saying);
    await vi.advanceTimersByTimeAsync(10);
    turns.leave();
    await vi.runAllTimersAsync();
    expect(waiting()).toEqual(["t"]);
  });

  it("wait where nobody answers, and are no failure", async () => {
    answers(new TypeError(), new TypeError(), new TypeError());
    const turns = new Turns(() => undefined);
    const saidIt = turns.say(saying);
    await vi.runAllTimersAsync();
    await saidIt;
    expect([waiting(), turns.of("c"), turns.failures.get().size]).toEqual([["t"], null, 0]);
  });

  it("come after those that wait already", async () => {
    answers(new TypeError(), new TypeError(), new TypeError());
    const turns = new Turns(() => undefined);
    void turns.say(saying);
    await vi.runAllTimersAsync();
    const asked = answers();
    await turns.say({ ...saying, turn: "u" });
    expect([waiting(), asked.mock.calls.length]).toEqual([["t", "u"], 0]);
  });

  it("that are refused become a draft again, with the reason", async () => {
    answers(refusal(413));
    const turns = new Turns(() => undefined);
    await turns.say(saying);
    expect([waiting(), draftOf("c")]).toEqual([[], "Hello"]);
    expect(turns.failures.get().get("c")).toMatchObject({ sentence: "Too long." });
  });

  it("that are private are written nowhere, and given back if nobody answers", async () => {
    answers(new TypeError(), new TypeError(), new TypeError());
    const turns = new Turns(() => undefined);
    const saidIt = turns.say({ ...saying, person: null });
    await vi.runAllTimersAsync();
    await saidIt;
    expect(waiting()).toEqual([]);
    expect(localStorage.getItem("tau.outbox")).not.toContain("Hello");
    expect(sessionStorage.getItem("tau.draft.c")).toBeNull();
    expect(draftOf("c")).toBe("Hello");
  });
});

describe("a reply", () => {
  it("that fails stays with its reason until something else is said", async () => {
    const failed = event(2, "failed", { code: "model_unavailable", sentence: "It is away." });
    answers(new Response(SAID + failed));
    const turns = new Turns(() => undefined);
    await turns.say(saying);
    expect(turns.of("c")).toMatchObject({ state: "failed", failure: { sentence: "It is away." } });
  });

  it("that is watched already is not watched twice", async () => {
    const asked = answers("never");
    const turns = new Turns(() => undefined);
    void turns.watch("c", "t");
    void turns.watch("c", "t");
    await vi.advanceTimersByTimeAsync(10);
    expect(asked).toHaveBeenCalledOnce();
    turns.leave();
  });

  it("that ended before it could be watched is read from the conversation", async () => {
    answers(refusal(404));
    const told = vi.fn();
    const turns = new Turns(told);
    await turns.watch("c", "t");
    expect([told.mock.calls, turns.of("c")]).toEqual([[["c"]], null]);
  });
});
