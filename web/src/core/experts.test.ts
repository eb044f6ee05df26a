import { describe, expect, it } from "vitest";
import { recallable, replying, withRecalled, withTopic } from "./experts";
import { TOPICS, type Topic } from "./memory";
import type { Expert } from "./types";

function expert(name: string, topics: Topic[] | null, experts: string[] = [], more = {}): Expert {
  const scope = { topics, experts, learns: true, enabled: true };
  return { name, scope, approved: true, problem: "", ...more } as Expert;
}

describe("the topics of a scope", () => {
  it("are all as long as none is taken away", () => {
    const change = withTopic(expert("writing", null), "health", false);
    expect(change.topics).toEqual(TOPICS.filter((one) => one !== "health"));
  });

  it("are all again once the last one is back", () => {
    const most = TOPICS.filter((one) => one !== "health");
    expect(withTopic(expert("writing", most), "health", true)).toEqual({ topics: null });
  });

  it("stay in their order", () => {
    const change = withTopic(expert("writing", ["work"]), "name", true);
    expect(change).toEqual({ topics: ["name", "work"] });
  });
});

describe("who may reply", () => {
  it("is who is on, and never care beside others", () => {
    const off = expert("sketch", null);
    off.scope.enabled = false;
    const all = [expert("talk", null), expert("writing", null), off, expert("care", null)];
    expect(replying(all, "talk")).toEqual(["talk", "writing"]);
    expect(replying(all, "care")).toEqual([]);
  });
});

describe("who is recalled", () => {
  it("is chosen one by one", () => {
    expect(withRecalled(expert("writing", null, ["talk"]), "sketch", true)).toEqual({
      experts: ["talk", "sketch"],
    });
    expect(withRecalled(expert("writing", null, ["talk"]), "talk", false)).toEqual({ experts: [] });
  });

  it("is never care, oneself, or what can't be used", () => {
    const all = [
      expert("talk", null),
      expert("writing", null),
      expert("care", null),
      expert("gardener", null, [], { approved: false }),
      expert("broken", null, [], { problem: "no frontmatter" }),
    ];
    expect(recallable(all, expert("writing", null))).toEqual(["talk"]);
  });
});
