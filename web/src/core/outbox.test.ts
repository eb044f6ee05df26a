import { beforeEach, describe, expect, it, vi } from "vitest";
import { Refused, Unreachable } from "./errors";
import {
  type Addressed,
  flush,
  type Held,
  heldOf,
  hold,
  outbox,
  readdress,
  release,
} from "./outbox";

const store = new Map<string, string>();
vi.stubGlobal("localStorage", {
  getItem: (key: string) => store.get(key) ?? null,
  setItem: (key: string, value: string) => void store.set(key, value),
});

const held = (turn: string, conversation: string | null, more: Partial<Held> = {}): Held => ({
  turn,
  conversation,
  words: `words of ${turn}`,
  person: "ines",
  at: 1,
  ...more,
});
const waiting = () => outbox.get().map((one) => one.turn);

/** A sender that notes what it is asked; `fail` gives what goes wrong with a turn. */
function sender(fail: Record<string, Error> = {}) {
  const log: string[] = [];
  let begun = 0;
  const note = (what: string) => async (one: Addressed) => {
    log.push(`${what} ${one.turn} ${one.conversation}`);
    const error = what === "say" ? fail[one.turn] : undefined;
    if (error) throw error;
  };
  return {
    log,
    begin: async () => {
      begun += 1;
      log.push(`begin new${begun}`);
      if (fail.begin) throw fail.begin;
      return `new${begun}`;
    },
    say: note("say"),
    answered: note("answered"),
    refused: (one: Addressed, error: Refused) => void log.push(`refused ${one.turn} ${error.code}`),
  };
}
const lasts = new AbortController().signal;

beforeEach(() => {
  for (const turn of waiting()) release(turn);
});

describe("what is kept", () => {
  it("is read with what is not understood left out", () => {
    expect(heldOf(null)).toEqual([]);
    expect(heldOf("{")).toEqual([]);
    expect(heldOf(JSON.stringify([held("a", "c"), { turn: 1 }, null]))).toEqual([held("a", "c")]);
  });

  it("stays in its place when it is kept again", () => {
    hold(held("a", "c"));
    hold(held("b", "c"));
    hold(held("a", "d"));
    expect(outbox.get().map((one) => [one.turn, one.conversation])).toEqual([
      ["a", "d"],
      ["b", "c"],
    ]);
  });
});

describe("flush", () => {
  it("sends one conversation after the other, each in order, and waits for each reply", async () => {
    hold(held("a", "c"));
    hold(held("b", "d"));
    hold(held("c", "c"));
    const to = sender();
    await flush("ines", to, lasts);
    expect(to.log).toEqual([
      "say a c",
      "answered a c",
      "say c c",
      "answered c c",
      "say b d",
      "answered b d",
    ]);
    expect(waiting()).toEqual([]);
  });

  it("begins one conversation for words that have none, and keeps it before it sends", async () => {
    hold(held("a", null));
    hold(held("b", null));
    await expect(flush("ines", sender({ a: new Unreachable() }), lasts)).rejects.toThrow();
    expect(outbox.get().map((one) => one.conversation)).toEqual(["new1", "new1"]);
    const again = sender();
    await flush("ines", again, lasts);
    expect(again.log.filter((line) => !line.startsWith("answered"))).toEqual([
      "say a new1",
      "say b new1",
    ]);
  });

  it("keeps everything where Tau is away or busy", async () => {
    hold(held("a", null));
    hold(held("b", "d"));
    await expect(flush("ines", sender({ begin: new Unreachable() }), lasts)).rejects.toThrow();
    expect(waiting()).toEqual(["a", "b"]);
    const busy = new Refused(429, "too_many", "Slow down.");
    await expect(flush("ines", sender({ a: busy }), lasts)).rejects.toThrow();
    expect(waiting()).toEqual(["a", "b"]);
  });

  it("keeps words that are refused, tells it once, and goes on with the others", async () => {
    hold(held("a", "gone"));
    hold(held("b", "gone"));
    hold(held("c", "c"));
    const gone = new Refused(404, "not_found", "There is no such conversation.");
    const to = sender({ a: gone, b: gone });
    await flush("ines", to, lasts);
    expect(to.log).toEqual(["say a gone", "refused a not_found", "say c c", "answered c c"]);
    expect(waiting()).toEqual(["a", "b"]);
    const later = sender();
    await flush("ines", later, lasts);
    expect(later.log).toEqual([]);
    readdress("gone");
    await flush("ines", later, lasts);
    expect(later.log.filter((line) => line.startsWith("say"))).toEqual([
      "say a new1",
      "say b new1",
    ]);
  });

  it("sends nobody else's words, and none of private conversations", async () => {
    hold(held("a", "c", { person: "ana" }));
    hold(held("b", "private-x"));
    const to = sender();
    await flush("ines", to, lasts);
    expect(to.log).toEqual([]);
    expect(waiting()).toEqual(["a", "b"]);
  });

  it("stops where it is told to", async () => {
    const stopping = new AbortController();
    hold(held("a", "c"));
    hold(held("b", "c"));
    const to = sender();
    to.answered = async () => stopping.abort();
    await flush("ines", to, stopping.signal);
    expect(waiting()).toEqual(["b"]);
  });

  it("sends once where two flush at the same time", async () => {
    hold(held("a", "c"));
    const to = sender();
    await Promise.all([flush("ines", to, lasts), flush("ines", to, lasts)]);
    expect(to.log.filter((line) => line.startsWith("say"))).toEqual(["say a c"]);
  });
});
