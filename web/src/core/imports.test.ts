import { describe, expect, test } from "vitest";
import {
  canForget,
  canImport,
  leftOpen,
  mayClaim,
  NO_TERMS,
  partRead,
  realOnes,
  stageOf,
  wouldWait,
} from "./imports";
import type { Import } from "./types";

const file = new File(["{}"], "past.json");
const importOf = (more: Partial<Import> = {}): Import => ({
  id: "i",
  name: "past.json",
  origin: "pam",
  state: "done",
  sentence: "",
  at: 1000,
  bytes_done: 0,
  bytes_total: 0,
  conversations: 0,
  messages: 0,
  facts: 0,
  known: 0,
  forgotten: 0,
  skipped_count: 0,
  skipped: [],
  notes: [],
  dry_run: false,
  restored: false,
  learned: [],
  held: false,
  ...more,
});

describe("the stage of a file", () => {
  test("follows what Tau tells of it", () => {
    expect(stageOf(importOf({ state: "running" }), file).at).toBe("reading");
    expect(stageOf(importOf({ dry_run: true }), file)).toMatchObject({ at: "review", file });
    expect(stageOf(importOf(), file).at).toBe("done");
    expect(stageOf(importOf({ state: "stopped" }), file).at).toBe("done");
  });

  test("begins anew where the look into it came to nothing", () => {
    expect(stageOf(importOf({ dry_run: true, state: "stopped" }), file)).toEqual({
      at: "choosing",
      problem: { why: "stopped" },
    });
    const failed = importOf({ dry_run: true, state: "failed", sentence: "It is no archive." });
    expect(stageOf(failed, file)).toMatchObject({
      problem: { why: "unreadable", sentence: "It is no archive." },
    });
  });

  test("goes on where it was left", () => {
    const held = importOf({ id: "h", dry_run: true, held: true });
    expect(leftOpen([importOf(), held])?.id).toBe("h");
    expect(leftOpen([importOf({ state: "running" })])?.id).toBe("i");
    expect(leftOpen([importOf(), importOf({ dry_run: true })])).toBeNull();
  });
});

test("a part is known once the whole is", () => {
  expect(partRead(importOf())).toBeNull();
  expect(partRead(importOf({ bytes_done: 5, bytes_total: 10 }))).toBe(0.5);
  expect(partRead(importOf({ bytes_done: 11, bytes_total: 10 }))).toBe(1);
});

test("what brings nothing cannot be brought, unless something forgotten could come back", () => {
  expect(canImport(importOf())).toBe(false);
  expect(canImport(importOf({ messages: 1 }))).toBe(true);
  expect(canImport(importOf({ forgotten: 1 }))).toBe(true);
});

test("there is something to trust only where a file itself claims something", () => {
  expect(mayClaim(importOf({ messages: 3 }))).toBe(false);
  expect(mayClaim(importOf({ facts: 1 }))).toBe(true);
  expect(mayClaim(importOf({ messages: 3, origin: "tau" }))).toBe(true);
  expect(mayClaim(importOf({ forgotten: 1 }))).toBe(true);
});

test("only what was written and is over can be forgotten", () => {
  expect(canForget(importOf({ facts: 1 }))).toBe(true);
  expect(canForget(importOf({ facts: 1, dry_run: true }))).toBe(false);
  expect(canForget(importOf({ facts: 1, state: "running" }))).toBe(false);
  expect(canForget(importOf())).toBe(false);
  expect(realOnes([importOf(), importOf({ dry_run: true })])).toHaveLength(1);
});

test("a claim of others waits unless the file is trusted", () => {
  const claim = { text: "Likes tea", topic: "like", trust: "waiting" } as const;
  expect(wouldWait(claim, NO_TERMS)).toBe(true);
  expect(wouldWait(claim, { ...NO_TERMS, trust: true })).toBe(false);
  expect(wouldWait({ ...claim, trust: "own" }, NO_TERMS)).toBe(false);
});
