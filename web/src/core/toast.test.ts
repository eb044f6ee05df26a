import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { session } from "./session";
import { showToast, toast } from "./toast";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  toast.set(null);
  session.set({ state: "asking" });
});

describe("what is told", () => {
  it("goes after a while, a failure when it is closed", () => {
    showToast("Saved.");
    vi.advanceTimersByTime(60_000);
    expect(toast.get()).toBeNull();
    showToast("Not saved.", { failure: true });
    vi.advanceTimersByTime(60_000);
    expect(toast.get()?.text).toBe("Not saved.");
  });

  it("does not stay over the door", () => {
    session.set({ state: "in", me: { id: "ines" } as never, offline: false });
    showToast("“My secret” was not sent.", { failure: true });
    session.set({ state: "out", ended: true });
    expect(toast.get()).toBeNull();
  });
});
