import { describe, expect, it, vi } from "vitest";
import { isGone, isPassing, isSignedOut, Refused, sentenceOf, Unreachable } from "./errors";
import { get, newId, part, query, request } from "./http";
import { session } from "./session";
import { en } from "./strings/en";
import { zh } from "./strings/zh";

function answers(status: number, body: string, headers: Record<string, string> = {}) {
  vi.stubGlobal("fetch", async () => new Response(body, { status, headers }));
}

describe("what Tau refuses", () => {
  it("is told in its own sentence, or by its code in another language", async () => {
    answers(507, '{"error":{"code":"store_full","sentence":"The disk is full."}}');
    const error = await get("/api/me").catch((why: unknown) => why);
    expect(error).toBeInstanceOf(Refused);
    expect(sentenceOf(error, en)).toBe("The disk is full.");
    expect(sentenceOf(error, zh)).toContain("磁盘已满");
  });

  it("says when to come back", async () => {
    answers(429, '{"error":{"code":"too_many","sentence":"Slow down."}}', { "Retry-After": "7" });
    expect(await request("POST", "/api/sign-in").catch((why) => why.retryAfterSeconds)).toBe(7);
  });

  it("is nobody's where a proxy answers, or the network fails", async () => {
    answers(503, "<html>");
    expect(await get("/x").catch((why: unknown) => why)).toBeInstanceOf(Unreachable);
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed to fetch")));
    const error = await get("/x").catch((why: unknown) => why);
    expect(sentenceOf(error, en)).toBe(en.errors.unreachable);
  });

  it("does not pass by itself where the disk is full", () => {
    expect(isPassing(new Refused(507, "store_full", "s"))).toBe(false);
  });

  it("can be told apart: gone out, passing, for good", () => {
    const [out, passing, bad] = [401, 503, 400].map((status) => new Refused(status, "c", "s"));
    expect([out, passing, bad].map(isSignedOut)).toEqual([true, false, false]);
    expect([out, passing, bad, new Unreachable()].map(isPassing)).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  it("never shows what nobody foresaw", () => {
    expect(sentenceOf(new TypeError("x is undefined"), en)).toBe(en.errors.unexpected);
  });
});

describe("a request", () => {
  it("says whose page it comes from, also when their session has ended", async () => {
    const asked = vi.fn(async (_path: string, _init: RequestInit) => new Response("{}"));
    vi.stubGlobal("fetch", asked);
    session.set({ state: "in", me: { id: "ana" } as never, offline: false });
    await get("/a");
    session.set({ state: "out", ended: true });
    await get("/b"); // somebody else's cookie may have come meanwhile
    session.set({ state: "in", me: { id: "ben" } as never, offline: false });
    await get("/c");
    const told = asked.mock.calls.map(
      ([, init]) => (init.headers as Record<string, string>)["X-Tau-Person"],
    );
    expect(told).toEqual(["ana", "ana", "ben"]);
    session.set({ state: "asking" });
  });
});

describe("what is gone", () => {
  it("is told apart from what could not be read this time", () => {
    const refused = [404, 422, 401, 500].map((status) => new Refused(status, "code", "sentence"));
    expect([...refused, new Unreachable(), null].map(isGone)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("addresses", () => {
  it("carry what is given and leave out what is not", () => {
    expect(query({ q: "a b&c", limit: 3, after: undefined, before: null, all: false })).toBe(
      "?q=a+b%26c&limit=3&all=false",
    );
    expect(query({})).toBe("");
    expect(part("a/b?c")).toBe("a%2Fb%3Fc");
  });

  it("get identifiers that nobody else has, fit for a path", () => {
    const made = new Set(Array.from({ length: 500 }, newId));
    expect(made.size).toBe(500);
    for (const id of made) expect(id).toMatch(/^[\w-]{16}$/);
  });
});
