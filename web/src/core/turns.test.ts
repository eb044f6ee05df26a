import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryStorage } from "../testing/storage";
import { clearDrafts, draftOf, keepDraft } from "./drafts";
import { flush, outbox, release } from "./outbox";
import { session } from "./session";
import { Turns } from "./turns";
import { holdUnsaved } from "./unsaved";

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
  vi.stubGlobal("localStorage", new MemoryStorage());
  vi.stubGlobal("sessionStorage", new MemoryStorage());
  vi.useFakeTimers();
});

afterEach(() => {
  for (const turn of waiting()) release(turn);
  clearDrafts();
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

  it("are sent once what is open beside them is saved, and kept until then", async () => {
    const asked = answers(new Response(SAID + REPLIED));
    let save = () => {};
    const drop = holdUnsaved(() => new Promise<void>((resolve) => (save = resolve)));
    const saidIt = new Turns(() => undefined).say({ ...saying, artifact: "letter" });
    await vi.advanceTimersByTimeAsync(10);
    expect([waiting(), asked.mock.calls.length]).toEqual([["t"], 0]);
    save();
    await vi.runAllTimersAsync();
    await saidIt;
    drop();
    expect([waiting(), asked.mock.calls.length]).toEqual([[], 1]);
  });

  it("wait where nobody answers, and are no failure", async () => {
    answers(new TypeError(), new TypeError(), new TypeError());
    const turns = new Turns(() => undefined);
    const saidIt = turns.say(saying);
    await vi.runAllTimersAsync();
    await saidIt;
    expect([waiting(), turns.of("c"), turns.failures.get().size]).toEqual([["t"], null, 0]);
  });

  it("said as the session ends wait for who said them", async () => {
    answers(
      new Response(JSON.stringify({ error: { code: "not_signed_in", sentence: "" } }), {
        status: 401,
      }),
    );
    session.set({ state: "in", me: { id: "p" } as never, offline: false });
    const turns = new Turns(() => undefined);
    await turns.say(saying);
    expect([waiting(), session.get()]).toEqual([["t"], { state: "out", ended: true }]);
    session.set({ state: "asking" });
  });

  it("that are being sent by another tab are left to it for a while", async () => {
    answers("never");
    const turns = new Turns(() => undefined);
    void turns.say(saying);
    const sent: string[] = [];
    const sender = {
      begin: async () => "c",
      say: async (one: { turn: string }) => void sent.push(one.turn),
      answered: async () => undefined,
      refused: () => undefined,
    };
    const signal = new AbortController().signal;
    await flush("p", sender, signal);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(11_000);
    await flush("p", sender, signal);
    expect(sent).toEqual(["t"]);
    turns.leave();
  });

  it("wait where the browser keeps nothing, too", async () => {
    vi.stubGlobal("localStorage", {
      getItem: () => "[]",
      setItem: () => {
        throw new Error("full");
      },
    });
    answers(new TypeError(), new TypeError(), new TypeError());
    const turns = new Turns(() => undefined);
    const saidIt = turns.say(saying);
    await vi.runAllTimersAsync();
    await saidIt;
    expect(waiting()).toEqual(["t"]);
  });

  it("are sent again as the same turn where Tau asks for it, and not sooner", async () => {
    const moving = () =>
      new Response(JSON.stringify({ error: { code: "unavailable", sentence: "Restarting." } }), {
        status: 503,
        headers: { "Retry-After": "2" },
      });
    const asked = answers(moving(), moving(), new Response(SAID + REPLIED));
    const turns = new Turns(() => undefined);
    const saidIt = turns.say(saying);
    await vi.advanceTimersByTimeAsync(1900);
    expect(asked.mock.calls.length).toBe(1);
    await vi.runAllTimersAsync();
    await saidIt;
    const sent = asked.mock.calls.map(([, init]) => JSON.parse(String(init.body)).turn);
    expect([sent, waiting(), turns.failures.get().size]).toEqual([["t", "t", "t"], [], 0]);
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

  it("that are refused stand before what was written meanwhile", async () => {
    answers(refusal(413));
    const turns = new Turns(() => undefined);
    const saidIt = turns.say(saying);
    keepDraft("c", "And then", false);
    await saidIt;
    expect(draftOf("c")).toBe("Hello\n\nAnd then");
  });

  it("that are private are written nowhere, and given back if nobody answers", async () => {
    answers(new TypeError(), new TypeError(), new TypeError());
    const turns = new Turns(() => undefined);
    const saidIt = turns.say({ ...saying, person: null });
    await vi.runAllTimersAsync();
    await saidIt;
    expect(waiting()).toEqual([]);
    expect(localStorage.getItem("tau.outbox")).not.toContain("Hello");
    expect(JSON.stringify(sessionStorage)).not.toContain("Hello");
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

  it("is dropped with its conversation, also what came with earlier ones", async () => {
    answers(new Response(SAID + event(2, "done", { message: "r", status: "complete" })), "never");
    const turns = new Turns(() => undefined);
    await turns.say(saying);
    expect(turns.recollections.has("r")).toBe(true);
    void turns.say({ ...saying, turn: "u", person: null });
    await vi.advanceTimersByTimeAsync(10);
    turns.drop("c");
    await vi.advanceTimersByTimeAsync(10);
    expect([turns.of("c"), turns.recollections.size, draftOf("c")]).toEqual([null, 0, ""]);
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
