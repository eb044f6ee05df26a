import { beforeEach, describe, expect, it } from "vitest";
import { COPY_HEADER, Copies, endingOf, isAway, isCopied, keepable } from "./offline";

const ORIGIN = "https://tau.test";

/** What a browser's cache does, as far as it is used: a deleted one lives on for who holds it. */
class FakeCache {
  readonly held = new Map<string, Response>();
  match = async (url: string) => this.held.get(url)?.clone();
  put = async (url: string, response: Response) => {
    this.held.delete(url);
    this.held.set(url, response);
  };
  delete = async (key: Request | string) =>
    this.held.delete(typeof key === "string" ? key : key.url);
  keys = async () => [...this.held.keys()].map((url) => ({ url }) as Request);
}

class FakeCaches {
  readonly named = new Map<string, FakeCache>();
  open = async (name: string) => {
    const cache = this.named.get(name) ?? new FakeCache();
    this.named.set(name, cache);
    return cache;
  };
  delete = async (name: string) => this.named.delete(name);
  keys = async () => [...this.named.keys()];
  paths = (person: string) =>
    [...(this.named.get(`tau-copies-${person}`)?.held.keys() ?? [])].map((url) =>
      url.slice(ORIGIN.length),
    );
}

const json = (value: unknown, status = 200) =>
  new Response(JSON.stringify(value), {
    status,
    headers: { "Content-Type": "application/json" },
  });
const one = (id: string, isPrivate = false) => ({ id, title: id, private: isPrivate });

let storage: FakeCaches;
let answers: Map<string, () => Response | Promise<Response>>;
let copies: Copies;
const END = "/messages?limit=40";
const asked = (path: string) => new Request(ORIGIN + path);
const answer = async (path: string) => {
  const going: Promise<unknown>[] = [];
  const response = await copies.answer(asked(path), (work) => going.push(work));
  await Promise.all(going);
  return response;
};

beforeEach(() => {
  storage = new FakeCaches();
  answers = new Map([
    ["/api/me", () => json({ id: "ines" })],
    ["/api/conversations", () => json({ conversations: [one("a"), one("b")], next: null })],
    ["/api/conversations/a", () => json(one("a"))],
    ["/api/conversations/b", () => json(one("b"))],
    ["/api/conversations/a/messages", () => json({ messages: ["hello"] })],
    ["/api/conversations/b/messages", () => json({ messages: ["again"] })],
  ]);
  copies = new Copies({
    caches: storage as unknown as CacheStorage,
    fetch: async (request) => {
      const url = new URL(typeof request === "string" ? request : request.url);
      const made = answers.get(url.pathname);
      if (!made) throw new TypeError("Failed to fetch");
      return made();
    },
    origin: ORIGIN,
    patienceMs: 20,
  });
});

describe("what is kept", () => {
  it("is who one is, and conversations", () => {
    for (const path of [
      "/api/me",
      "/api/conversations?limit=30",
      "/api/conversations/x",
      "/api/conversations/x/messages?limit=40",
    ]) {
      expect(isCopied("GET", path)).toBe(true);
      expect(isCopied("POST", path)).toBe(false);
    }
    for (const path of [
      "/api/changes",
      "/api/memory/facts",
      "/api/export",
      "/api/turns/x",
      "/api/conversations?limit=100&after=x",
      "/api/conversations?limit=100&archived=true",
      "/api/conversations/x/messages",
      "/api/conversations/x/messages?limit=20&before=y",
      "/api/conversations/x/messages?around=y&limit=40",
      "/api/conversations/x/messages?limit=80",
    ]) {
      expect(isCopied("GET", path)).toBe(false);
    }
  });

  it("is nothing private", () => {
    expect(isCopied("GET", "/api/conversations/private-x")).toBe(false);
    expect(isCopied("GET", "/api/conversations/%70rivate-x/messages?limit=40")).toBe(false);
    expect(keepable("/api/conversations/x", one("x", true))).toBeNull();
    const page = { conversations: [one("x", true), one("y")], next: null };
    expect(keepable("/api/conversations", page)).toEqual({
      conversations: [one("y")],
      next: null,
    });
  });
});

describe("what is kept of reflective support", () => {
  it("is nothing of reflective support", () => {
    const care = { ...one("x"), expert: "care" };
    const page = { conversations: [care, one("y")], next: null };
    expect(keepable("/api/conversations", page)).toEqual({
      conversations: [one("y")],
      next: null,
    });
    expect(keepable("/api/conversations/x", care)).toBeNull();
    const message = (expert: string | null) => ({ id: "m", text: "low", expert });
    const path = "/api/conversations/x/messages";
    expect(keepable(path, { messages: [message(null), message("care")] })).toBeNull();
    const plain = { messages: [message(null), message("writing")] };
    expect(keepable(path, plain)).toBe(plain);
  });
});

describe("what ends copies", () => {
  it("is whoever comes or goes, and whatever is forgotten", () => {
    expect(endingOf("POST", "/api/sign-out")).toBe("person");
    expect(endingOf("POST", "/api/sign-in")).toBe("person");
    expect(endingOf("POST", "/api/memory/forget")).toBe("copies");
    expect(endingOf("DELETE", "/api/conversations/x")).toBe("copies");
    expect(endingOf("POST", "/api/conversations/x/turns")).toBeNull();
    expect(endingOf("GET", "/api/me")).toBeNull();
  });
});

describe("answers", () => {
  it("are not kept before somebody may", async () => {
    expect(await (await answer("/api/me")).json()).toEqual({ id: "ines" });
    expect(storage.named.size).toBe(0);
  });

  it("are Tau's while it is there, and copies while it is not", async () => {
    await copies.keep("ines");
    await answer(`/api/conversations/a${END}`);
    expect((await answer("/api/conversations/a")).headers.has(COPY_HEADER)).toBe(false);
    answers.clear();
    const copy = await answer("/api/conversations/a");
    expect(copy.headers.has(COPY_HEADER)).toBe(true);
    expect(await copy.json()).toEqual(one("a"));
    await expect(answer("/api/conversations/b")).rejects.toThrow();
  });

  it("are copies where a proxy answers for Tau, or Tau takes too long", async () => {
    await copies.keep("ines");
    await answer("/api/me");
    answers.set("/api/me", () => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    expect((await answer("/api/me")).headers.has(COPY_HEADER)).toBe(true);
    answers.set("/api/me", async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return json({ id: "ines", name: "late" });
    });
    expect((await answer("/api/me")).headers.has(COPY_HEADER)).toBe(true);
    answers.clear();
    expect(await (await answer("/api/me")).json()).toMatchObject({ name: "late" });
    expect(isAway(json({ error: {} }, 503))).toBe(false);
  });

  it("of what is gone take its copy along", async () => {
    await copies.keep("ines");
    await answer(`/api/conversations/a${END}`);
    answers.set("/api/conversations/a", () => json({ error: {} }, 404));
    answers.set("/api/conversations/a/messages", () => json({ error: {} }, 404));
    await answer(`/api/conversations/a${END}`);
    await answer("/api/conversations/a");
    expect(storage.paths("ines")).toEqual([]);
  });

  it("that say that nobody is signed in throw everything away", async () => {
    await copies.keep("ines");
    await answer("/api/me");
    answers.set("/api/conversations", () => json({ error: {} }, 401));
    await answer("/api/conversations");
    expect(storage.named.size).toBe(0);
  });

  it("of a conversation are kept where its words are, whichever comes first", async () => {
    await copies.keep("ines");
    await answer("/api/conversations/a");
    expect(storage.paths("ines")).toEqual([]);
    await answer(`/api/conversations/a${END}`);
    expect(storage.paths("ines")).toEqual([`/api/conversations/a${END}`, "/api/conversations/a"]);
  });

  it("of another person throw everything away", async () => {
    await copies.keep("ines");
    await answer("/api/conversations/a");
    answers.set("/api/me", () => json({ id: "ana" }));
    await answer("/api/me");
    expect(storage.named.size).toBe(0);
  });

  it("that come after something was forgotten are kept nowhere", async () => {
    await copies.keep("ines");
    answers.set("/api/conversations/a/messages", async () => {
      await copies.forget();
      return json({ messages: ["hello"] });
    });
    await answer(`/api/conversations/a${END}`).catch(() => undefined);
    expect(storage.paths("ines")).toEqual([]);
  });
});

describe("keeping", () => {
  it("is for one person at a time", async () => {
    await copies.keep("ines");
    await answer("/api/me");
    await copies.keep("ana");
    expect([...storage.named.keys()]).toEqual(["tau-copies-ana"]);
    await copies.keep(null);
    expect(storage.named.size).toBe(0);
  });

  it("of none is not undone by an answer that was asked for just before", async () => {
    await copies.keep("ines");
    const { keys } = storage;
    // The names are read, and before the cache is opened it is thrown away.
    storage.keys = async () => {
      const names = await keys();
      await new Promise((resolve) => setTimeout(resolve, 5));
      return names;
    };
    await Promise.all([answer("/api/me"), copies.keep(null)]);
    expect(storage.named.size).toBe(0);
  });

  it("leaves what is there where nothing changed", async () => {
    await copies.keep("ines");
    await answer("/api/me");
    await copies.keep("ines");
    expect(storage.paths("ines")).toEqual(["/api/me"]);
  });
});

describe("filling", () => {
  const FULL = [
    "/api/me",
    "/api/conversations?limit=30",
    "/api/conversations?limit=100",
    "/api/conversations/a/messages?limit=40",
    "/api/conversations/a",
    "/api/conversations/b/messages?limit=40",
    "/api/conversations/b",
  ];

  it("fetches the recent conversations and lets go of all else", async () => {
    await copies.keep("ines");
    answers.set("/api/conversations/old", () => json(one("old")));
    answers.set("/api/conversations/old/messages", () => json({ messages: ["long ago"] }));
    await answer(`/api/conversations/old${END}`);
    await copies.fill();
    expect(storage.paths("ines")).toEqual(FULL);
  });

  it("does nothing where nothing may be kept", async () => {
    await copies.fill();
    expect(storage.named.size).toBe(0);
  });

  it("leaves the copies where Tau goes away in the midst of it", async () => {
    await copies.keep("ines");
    await copies.fill();
    answers.delete("/api/conversations/b");
    await copies.fill();
    expect(storage.paths("ines").toSorted()).toEqual(FULL.toSorted());
  });

  it("begins once more where something is forgotten meanwhile", async () => {
    await copies.keep("ines");
    answers.set("/api/conversations/a", async () => {
      answers.set("/api/conversations", () => json({ conversations: [one("b")], next: null }));
      answers.set("/api/conversations/a", () => json({ error: {} }, 404));
      await copies.forget();
      void copies.fill();
      return json(one("a"));
    });
    await copies.fill();
    expect(storage.paths("ines")).toEqual(FULL.filter((path) => !path.includes("conversations/a")));
  });
});
