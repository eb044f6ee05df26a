import { describe, expect, it } from "vitest";
import { session } from "../session";
import type { Me } from "../types";
import { careTalk, moodDraft, wantedExercise } from "./opened";

const signIn = (id: string) => session.set({ state: "in", me: { id } as Me, offline: false });

describe("what is open in the care space", () => {
  it("is never shown to somebody else", () => {
    signIn("one");
    careTalk.set("a talk");
    wantedExercise.set("grounding");
    moodDraft.set({ mood: 1, words: "words" });
    session.set({ state: "out", ended: true });
    signIn("one");
    expect(moodDraft.get().words).toBe("words");
    signIn("two");
    expect([careTalk.get(), wantedExercise.get(), moodDraft.get().words]).toEqual([null, null, ""]);
  });
});
