import { describe, expect, test } from "vitest";
import {
  byMonth,
  byTopic,
  canConfirm,
  canCorrect,
  canReject,
  canUndo,
  isFiltered,
  kindOf,
  learnerOf,
  lineParts,
  NO_FILTER,
  namesNobody,
  once,
  standing,
  stillThere,
  toggled,
} from "./memory";
import type { Claim, Fact, FactDetail, Moment } from "./types";

const fact = (more: Partial<Fact> = {}): Fact => ({
  id: "f",
  topic: "home",
  about: "",
  text: "Lives in Porto",
  state: "current",
  confirmed: false,
  said_on: 1000,
  last_said_on: 1000,
  trust: "stated",
  asks: false,
  replaces: null,
  valid_from: null,
  valid_from_precision: null,
  valid_to: null,
  due: null,
  sources: [],
  learned_by: "rules",
  corrects: null,
  superseded_by: null,
  revision: 1,
  ...more,
});

const claim = (more: Partial<Claim> = {}): Claim => ({
  id: "c",
  text: "Lives in Porto",
  at: 1000,
  by: "rules",
  trust: "own",
  sources: [],
  imported: null,
  ...more,
});

const detail = (more: Partial<FactDetail> = {}): FactDetail => ({
  fact: fact(),
  history: [],
  claims: [claim()],
  sources: [],
  ...more,
});

const moment = (at: number, what: Moment["what"] = "began", more: Partial<Fact> = {}): Moment => ({
  at,
  what,
  fact: fact(more),
});

const noon = (year: number, month: number, day: number) =>
  new Date(year, month - 1, day, 12).getTime() / 1000;

describe("lists", () => {
  test("stand by topic in the portrait's order, each in its own order", () => {
    const facts = [
      fact({ id: "a", topic: "other" }),
      fact({ id: "b", topic: "name" }),
      fact({ id: "c", topic: "other" }),
    ];
    expect(byTopic(facts).map((group) => [group.topic, group.facts.map((one) => one.id)])).toEqual([
      ["name", ["b"]],
      ["other", ["a", "c"]],
    ]);
  });

  test("tell nothing twice where their pages overlap", () => {
    expect(once(["a", "b", "a"], (one) => one)).toEqual(["a", "b"]);
  });

  test("are filtered by anything but the default", () => {
    expect(isFiltered(NO_FILTER)).toBe(false);
    expect(isFiltered({ ...NO_FILTER, words: "  " })).toBe(false);
    expect(isFiltered({ ...NO_FILTER, words: "tea" })).toBe(true);
    expect(isFiltered({ ...NO_FILTER, state: "all" })).toBe(true);
    expect(isFiltered({ ...NO_FILTER, topic: "pet" })).toBe(true);
  });

  test("keep of what was chosen what is still there", () => {
    const chosen = toggled(toggled(new Set<string>(), "a"), "gone");
    expect(stillThere(chosen, [fact({ id: "b" }), fact({ id: "a" })])).toEqual(["a"]);
    expect([...toggled(chosen, "a")]).toEqual(["gone"]);
  });
});

describe("what may be done with a fact", () => {
  test("is confirmed once, and not when it is over", () => {
    expect(canConfirm(fact())).toBe(true);
    expect(canConfirm(fact({ confirmed: true }))).toBe(false);
    expect(canConfirm(fact({ confirmed: true, state: "rejected" }))).toBe(true);
    expect(canConfirm(fact({ state: "waiting" }))).toBe(true);
    expect(canConfirm(fact({ state: "past" }))).toBe(false);
  });

  test("is corrected where nothing took its place, rejected once", () => {
    expect(canCorrect(fact())).toBe(true);
    expect(canCorrect(fact({ superseded_by: "g" }))).toBe(false);
    expect(canReject(fact())).toBe(true);
    expect(canReject(fact({ state: "rejected" }))).toBe(false);
  });

  test("is taken back only where the person did something", () => {
    expect(canUndo(detail())).toBe(false);
    expect(canUndo(detail({ fact: fact({ confirmed: true }) }))).toBe(true);
    expect(canUndo(detail({ fact: fact({ state: "rejected" }) }))).toBe(true);
    expect(canUndo(detail({ fact: fact({ corrects: "e" }) }))).toBe(true);
    expect(canUndo(detail({ claims: [claim({ by: "person" })] }))).toBe(true);
    expect(canUndo(detail({ history: [fact(), fact({ id: "g", corrects: "f" })] }))).toBe(true);
    const waited = [claim({ trust: "waiting" })];
    expect(canUndo(detail({ claims: waited }))).toBe(true);
    expect(canUndo(detail({ claims: waited, fact: fact({ state: "waiting" }) }))).toBe(false);
  });
});

describe("the fact that stands now", () => {
  const [one, two, three] = [
    fact({ id: "1", superseded_by: "2" }),
    fact({ id: "2", superseded_by: "3" }),
    fact({ id: "3" }),
  ];

  test("is at the end of the line", () => {
    expect(standing(detail({ fact: one, history: [one, two, three] })).id).toBe("3");
    expect(standing(detail({ fact: three })).id).toBe("3");
  });

  test("is the last one known where the line breaks off or runs in a circle", () => {
    expect(standing(detail({ fact: one, history: [one, two] })).id).toBe("2");
    const ring = [fact({ id: "1", superseded_by: "2" }), fact({ id: "2", superseded_by: "1" })];
    expect(["1", "2"]).toContain(standing(detail({ fact: ring[0] as Fact, history: ring })).id);
  });
});

describe("how a fact is told", () => {
  test("by who found it", () => {
    expect(learnerOf("rules")).toBe("rules");
    expect(learnerOf("smollm2")).toBe("model");
  });

  test("with whom it is about, where its text does not say", () => {
    expect(namesNobody({ about: "Mia", text: "Likes tea" })).toBe(true);
    expect(namesNobody({ about: "Mia", text: "mia likes tea" })).toBe(false);
    expect(namesNobody({ about: "", text: "Likes tea" })).toBe(false);
  });

  test("as a line of the portrait without its heading", () => {
    expect(lineParts("Home: lives in Lisbon")).toEqual({ topic: "home", rest: "lives in Lisbon" });
    expect(lineParts("健康与饮食：对坚果过敏")).toEqual({ topic: "health", rest: "对坚果过敏" });
    expect(lineParts("Note: x")).toEqual({ topic: null, rest: "Note: x" });
    expect(lineParts("constructor: x")).toEqual({ topic: null, rest: "constructor: x" });
  });
});

describe("the timeline", () => {
  const now = noon(2026, 6, 15);

  test("stands by month, the month of today once ahead and once behind", () => {
    const months = byMonth(
      [
        moment(noon(2027, 1, 2), "planned"),
        moment(noon(2026, 6, 20), "planned"),
        moment(noon(2026, 6, 10)),
        moment(noon(2026, 6, 1)),
        moment(noon(2025, 6, 1)),
      ],
      now,
    );
    expect(months.map((month) => [month.key, month.ahead, month.moments.length])).toEqual([
      ["2027-1 ahead", true, 1],
      ["2026-6 ahead", true, 1],
      ["2026-6", false, 2],
      ["2025-6", false, 1],
    ]);
  });

  test("tells what each moment is", () => {
    expect(kindOf(moment(now + 1, "planned"), now)).toBe("planned");
    expect(kindOf(moment(now - 1, "planned"), now)).toBe("was");
    expect(kindOf(moment(now - 1, "ended"), now)).toBe("ended");
    expect(kindOf(moment(now - 1), now)).toBe("said");
    expect(kindOf(moment(now - 1, "began", { valid_from: 1 }), now)).toBe("began");
  });
});
