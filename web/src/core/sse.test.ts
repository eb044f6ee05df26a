import { afterEach, describe, expect, it, vi } from "vitest";
import { Refused, Unreachable } from "./errors";
import { eventsOf } from "./sse";
import { changes, changesWhileShown, turnEvents } from "./streams";

function body(...pieces: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) {
        controller.enqueue(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
      }
      controller.close();
    },
  });
}

async function all<T>(events: AsyncGenerator<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const event of events) found.push(event);
  return found;
}

describe("server-sent events", () => {
  it("are read whole, however they are cut", async () => {
    const text =
      'id: 1\ndata: {"a":"中文"}\n\n: heartbeat\n\nid: 2\r\ndata: {"b":\r\ndata: 2}\r\n\r\n';
    const bytes = new TextEncoder().encode(text);
    for (let size = 1; size < 9; size += 1) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.slice(at * size, (at + 1) * size),
      );
      expect(await all(eventsOf(body(...pieces)))).toEqual([{ a: "中文" }, { b: 2 }]);
    }
  });

  it("that are cut off by the end are not told", async () => {
    expect(await all(eventsOf(body('data: {"a":1}\n\ndata: {"b"')))).toEqual([{ a: 1 }]);
  });
});

const event = (id: number, type: string, more = {}) =>
  `id: ${id}\ndata: ${JSON.stringify({ id, type, ...more })}\n\n`;
const ok = (...pieces: string[]) => new Response(body(...pieces), { status: 200 });
const refusal = (status: number, code: string) =>
  new Response(JSON.stringify({ error: { code, sentence: "No." } }), { status });

function answers(...given: (Response | Error)[]) {
  const asked = vi.fn(async (_path: string, _init: RequestInit) => {
    const next = given.shift();
    if (!next) throw new Error("asked too often");
    if (next instanceof Error) throw next;
    return next;
  });
  vi.stubGlobal("fetch", asked);
  return asked;
}

const ids = async (begin?: { path: string; body: object }) => {
  const how = { begin: begin as never, signal: new AbortController().signal };
  return (await all(turnEvents("t", how))).map((one) => one.id);
};

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a turn's events", () => {
  it("go on after a broken connection, each once", async () => {
    vi.useFakeTimers();
    const asked = answers(
      ok(event(1, "accepted"), event(2, "delta", { text: "a" })),
      new TypeError("network"),
      ok(event(2, "delta", { text: "a" }), event(3, "done")),
    );
    const reading = ids({ path: "/begin", body: { words: "x" } });
    await vi.runAllTimersAsync();
    expect(await reading).toEqual([1, 2, 3]);
    const paths = asked.mock.calls.map(([path]) => path);
    expect(paths).toEqual(["/begin", "/api/turns/t/events", "/api/turns/t/events"]);
    expect(asked.mock.calls[2]?.[1].headers).toMatchObject({ "Last-Event-ID": "2" });
    expect(JSON.parse(asked.mock.calls[0]?.[1].body as string)).toEqual({ words: "x", turn: "t" });
  });

  it("begin again under the same identifier while nobody answers, and not for ever", async () => {
    vi.useFakeTimers();
    const asked = answers(new TypeError(), new TypeError(), new TypeError());
    const reading = ids({ path: "/begin", body: {} }).catch((error) => error);
    await vi.runAllTimersAsync();
    expect(await reading).toBeInstanceOf(Unreachable);
    const turns = asked.mock.calls.map(([, init]) => JSON.parse(init.body as string).turn);
    expect(turns).toEqual(["t", "t", "t"]);
  });

  it("are not asked for again where Tau refuses", async () => {
    answers(refusal(413, "too_large"));
    await expect(ids({ path: "/begin", body: {} })).rejects.toMatchObject({
      code: "too_large",
      sentence: "No.",
    });
  });

  it("are sought again when a proxy answers in Tau's place", async () => {
    vi.useFakeTimers();
    answers(new Response("<html>", { status: 502 }), ok(event(1, "done")));
    const reading = ids();
    await vi.runAllTimersAsync();
    expect(await reading).toEqual([1]);
  });
});

describe("changes", () => {
  it("tell that Tau is away, that it is back, and to look afresh", async () => {
    vi.useFakeTimers();
    const stop = new AbortController();
    answers(
      ok('data: {"what":"facts","seq":0}\n\n'),
      new TypeError(),
      ok('data: {"what":"message","seq":0}\n\n'),
    );
    const told: string[] = [];
    const reading = (async () => {
      for await (const notice of changes(stop.signal)) {
        told.push(notice.kind === "change" ? notice.change.what : notice.kind);
        if (told.length === 6) stop.abort();
      }
    })();
    await vi.runAllTimersAsync();
    await reading;
    expect(told).toEqual(["here", "facts", "away", "here", "resync", "message"]);
  });

  it("are told as missed where Tau was away at first", async () => {
    vi.useFakeTimers();
    const stop = new AbortController();
    answers(new TypeError(), ok());
    const told: string[] = [];
    const reading = (async () => {
      for await (const notice of changes(stop.signal)) {
        told.push(notice.kind === "change" ? notice.change.what : notice.kind);
        if (told.length === 3) stop.abort();
      }
    })();
    await vi.runAllTimersAsync();
    await reading;
    expect(told).toEqual(["away", "here", "resync"]);
  });

  it("rest while nobody looks, and are told as missed when somebody does again", async () => {
    vi.useFakeTimers();
    const page = Object.assign(new EventTarget(), { hidden: false });
    vi.stubGlobal("document", page);
    const show = (isShown: boolean) => {
      page.hidden = !isShown;
      page.dispatchEvent(new Event("visibilitychange"));
    };
    const open = new Set<AbortSignal>();
    vi.stubGlobal("fetch", async (_: string, { signal }: { signal: AbortSignal }) => {
      const stream = new ReadableStream({
        start: (controller) =>
          signal.addEventListener("abort", () => controller.error(signal.reason)),
      });
      open.add(signal);
      signal.addEventListener("abort", () => open.delete(signal));
      return new Response(stream);
    });
    const stop = new AbortController();
    const told: string[] = [];
    const reading = (async () => {
      for await (const notice of changesWhileShown(stop.signal)) {
        told.push(notice.kind === "change" ? notice.change.what : notice.kind);
      }
    })();
    await vi.advanceTimersByTimeAsync(1000);
    show(false);
    await vi.advanceTimersByTimeAsync(3000);
    show(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([told, open.size]).toEqual([["here"], 1]);
    show(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([told, open.size]).toEqual([["here"], 0]);
    show(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect([told, open.size]).toEqual([["here", "here", "resync"], 1]);
    stop.abort();
    await reading;
    expect(open.size).toBe(0);
  });

  it("are sought while Tau is away, even if nobody looks", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("document", Object.assign(new EventTarget(), { hidden: true }));
    const asked = answers(new TypeError(), new TypeError(), ok());
    const stop = new AbortController();
    const told: string[] = [];
    for await (const notice of changesWhileShown(stop.signal)) {
      told.push(notice.kind);
      if (notice.kind === "here") stop.abort();
      else await vi.advanceTimersByTimeAsync(0);
      void vi.advanceTimersByTimeAsync(20_000);
    }
    expect([told, asked.mock.calls.length]).toEqual([["away", "away", "here", "change"], 3]);
  });

  it("are sought again where Tau refuses for now, and is not away", async () => {
    vi.useFakeTimers();
    const stop = new AbortController();
    answers(refusal(429, "too_many"), ok());
    const told: string[] = [];
    const reading = (async () => {
      for await (const notice of changes(stop.signal)) {
        told.push(notice.kind);
        if (told.length === 2) stop.abort();
      }
    })();
    await vi.runAllTimersAsync();
    await reading;
    expect(told).toEqual(["here", "change"]);
  });

  it("end when the session did", async () => {
    answers(refusal(401, "not_signed_in"));
    await expect(all(changes(new AbortController().signal))).rejects.toBeInstanceOf(Refused);
  });
});
