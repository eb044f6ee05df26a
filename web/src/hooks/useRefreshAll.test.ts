import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { beforeEach, describe, expect, it } from "vitest";
import { Refused } from "../core/errors";
import { refresh, refreshAll, refreshConversations } from "./useRefreshAll";

let queries: QueryClient;
let told: () => Promise<string>;

/** Show what a key names; returns what is on the screen. */
async function shown(...queryKey: string[]) {
  const options = { queryKey, queryFn: () => told(), retry: false, staleTime: 60_000 };
  const observer = new QueryObserver(queries, options);
  observer.subscribe(() => undefined);
  await queries.fetchQuery(options);
  return () => observer.getCurrentResult().data;
}

beforeEach(() => {
  queries = new QueryClient();
  told = async () => "before";
});

describe("looking afresh", () => {
  it("lets go of what is not shown", async () => {
    for (const key of ["search", "facts", "profile", "thread", "studio", "server", "forgetting"]) {
      queries.setQueryData([key, "x"], "before");
    }
    await refreshAll(queries);
    const left = queries.getQueryCache().getAll();
    expect(left.map(({ queryKey }) => queryKey[0])).toEqual(["server", "forgetting"]);
  });

  it("keeps what is shown until it is read anew", async () => {
    const data = await shown("search", "walk");
    told = async () => {
      expect(data()).toBe("before");
      return "after";
    };
    await refreshAll(queries);
    expect(data()).toBe("after");
  });

  it("leaves nothing of what is gone", async () => {
    const data = await shown("fact", "x");
    told = async () => {
      throw new Refused(404, "not_found", "It is gone.");
    };
    await refreshAll(queries);
    expect(data()).toBeUndefined();
  });

  it.each(["thread", "facts", "style", "documents", "plans", "attachments"])(
    "shows nothing of what was forgotten, even while Tau is slow to answer: %s",
    async (key) => {
      const data = await shown(key, "c");
      told = () => new Promise(() => undefined);
      void refreshAll(queries, { drop: true });
      expect(data()).toBeUndefined();
    },
  );
});

describe("after a change on the server", () => {
  const refreshes = {
    conversation: () => refresh(queries, "conversation"),
    conversations: () => refreshConversations(queries),
  };
  for (const [key, again] of Object.entries(refreshes)) {
    it(`repeats the first fetch of the ${key} that was too early`, async () => {
      let arrive: (data: string) => void = () => {};
      told = () => new Promise((resolve) => (arrive = resolve));
      const observer = new QueryObserver(queries, { queryKey: [key, "c"], queryFn: () => told() });
      observer.subscribe(() => undefined);
      told = async () => "after";
      const done = again();
      arrive("before");
      await done;
      expect(observer.getCurrentResult().data).toBe("after");
    });
  }
});
