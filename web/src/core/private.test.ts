import { beforeEach, describe, expect, it, vi } from "vitest";
import { privateTalk, showPrivate } from "./private";

const asked = vi.fn(async (_path: string, _init: RequestInit) => new Response(null));

beforeEach(() => {
  asked.mockClear();
  vi.stubGlobal("fetch", asked);
  privateTalk.set({ id: null, ended: false });
});

describe("a private conversation", () => {
  it("is shown on the page that started it", () => {
    expect(showPrivate(privateTalk.get(), "private-a")).toBe(true);
    expect(privateTalk.get()).toEqual({ id: "private-a", ended: false });
    expect(asked).not.toHaveBeenCalled();
  });

  it("ends at once if the page was left while it was being started", () => {
    const page = privateTalk.get();
    privateTalk.set({ id: null, ended: false }); // left, and perhaps opened again
    expect(showPrivate(page, "private-a")).toBe(false);
    expect(privateTalk.get().id).toBe(null);
    expect(asked).toHaveBeenCalledOnce();
    expect(asked.mock.calls[0]).toMatchObject([
      "/api/conversations/private-a/end",
      { method: "POST", keepalive: true },
    ]);
  });
});
