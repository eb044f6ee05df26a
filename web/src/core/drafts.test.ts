import { beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryStorage } from "../testing/storage";
import { clearDrafts, draftName, draftOf, keepDraft, moveDraft } from "./drafts";
import { session } from "./session";

let storage: MemoryStorage;

beforeEach(() => {
  clearDrafts();
  storage = new MemoryStorage();
  vi.stubGlobal("sessionStorage", storage);
});

describe("a draft", () => {
  it("is found again, each where it was begun", () => {
    keepDraft("a", "One", false);
    keepDraft(draftName(null, false), "Two", false);
    expect([draftOf("a"), draftOf("new"), draftOf("b")]).toEqual(["One", "Two", ""]);
  });

  it("is its writer's alone", () => {
    session.set({ state: "in", me: { id: "ana" } as never, offline: false });
    keepDraft("new", "mine", false);
    session.set({ state: "in", me: { id: "ben" } as never, offline: false });
    expect(draftOf("new")).toBe("");
    session.set({ state: "in", me: { id: "ana" } as never, offline: false });
    expect(draftOf("new")).toBe("mine");
    session.set({ state: "asking" });
  });

  it("goes with a conversation that begins", () => {
    keepDraft("new", "typed meanwhile", false);
    moveDraft("new", "c", false);
    expect([draftOf("new"), draftOf("c")]).toEqual(["", "typed meanwhile"]);
  });

  it("of a private conversation is written nowhere", () => {
    keepDraft(draftName(null, true), "secret", true);
    expect(draftOf("private")).toBe("secret");
    expect(JSON.stringify(storage)).not.toContain("secret");
  });

  it("goes when it is sent, and all go when somebody leaves", () => {
    keepDraft("a", "One", false);
    keepDraft("b", "Two", false);
    keepDraft("a", "", false);
    expect(draftOf("a")).toBe("");
    clearDrafts();
    expect([draftOf("b"), Object.keys(storage)]).toEqual(["", []]);
  });

  it("is kept for the visit where the browser keeps nothing", () => {
    vi.stubGlobal("sessionStorage", {
      setItem: () => {
        throw new Error("denied");
      },
    });
    keepDraft("a", "One", false);
    expect(draftOf("a")).toBe("One");
  });
});
