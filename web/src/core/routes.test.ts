import { describe, expect, it } from "vitest";
import {
  CARE_VIEWS,
  isAnotherPage,
  MEMORY_VIEWS,
  pathOf,
  type Route,
  routeOf,
  SETTINGS_VIEWS,
  STUDIO_VIEWS,
} from "./routes";

const ROUTES: Route[] = [
  { page: "new", private: false },
  { page: "new", private: true },
  { page: "talk", conversation: "a/b?c#d 中", message: null },
  { page: "talk", conversation: "c1", message: "m&1=2" },
  { page: "talk", conversation: "c1", message: null, open: "d/1&" },
  { page: "talk", conversation: "c1", message: "m1", open: "d1" },
  { page: "past" },
  { page: "help" },
  { page: "start" },
  { page: "welcome" },
  { page: "memory", view: "facts", fact: "f/1" },
  ...MEMORY_VIEWS.map((view): Route => ({ page: "memory", view, fact: null })),
  { page: "studio", project: null, view: "examples", item: null },
  { page: "studio", project: "p/1", view: "training", item: "r?2" },
  ...STUDIO_VIEWS.map((view): Route => ({ page: "studio", project: "p", view, item: null })),
  { page: "documents", document: null },
  { page: "documents", document: "d/1" },
  { page: "plans", plan: null },
  { page: "plans", plan: "p/1" },
  { page: "settings", view: null },
  ...CARE_VIEWS.map((view): Route => ({ page: "care", view })),
  ...SETTINGS_VIEWS.map((view): Route => ({ page: "settings", view })),
];

describe("addresses", () => {
  it.each(ROUTES)("lead back to where they came from: $page", (route) => {
    const [pathname = "", search = ""] = pathOf(route).split("?");
    expect(routeOf(pathname, search)).toEqual(route);
  });

  it.each(["/nowhere", "/c", "/c/", "//", "/%E0%A4%A"])(
    "that mean nothing begin anew: %s",
    (path) => {
      expect(routeOf(path)).toEqual({ page: "new", private: false });
    },
  );

  it("of private conversations lead to a new one", () => {
    expect(routeOf("/c/private-a", "?m=b")).toEqual({ page: "new", private: true });
  });

  it("survive an identifier that is no valid escape", () => {
    expect(routeOf("/c/%E0%A4%A")).toMatchObject({ page: "talk", conversation: "%E0%A4%A" });
  });

  it("know only the views there are", () => {
    expect(routeOf("/settings/nonsense")).toEqual({ page: "settings", view: null });
    expect(routeOf("/memory/nonsense")).toEqual({ page: "memory", view: "portrait", fact: null });
  });
});

describe("going elsewhere", () => {
  it("leads to another page, or to a part of the same", () => {
    const talk = (conversation: string, message: string | null = null) =>
      ({ page: "talk", conversation, message }) as const;
    expect(isAnotherPage(talk("a"), talk("b"))).toBe(true);
    expect(isAnotherPage(talk("a"), talk("a", "m"))).toBe(false);
    expect(isAnotherPage(talk("a"), { page: "past" })).toBe(true);
    expect(isAnotherPage({ page: "new", private: false }, { page: "new", private: true })).toBe(
      true,
    );
    expect(
      isAnotherPage({ page: "settings", view: "models" }, { page: "settings", view: "people" }),
    ).toBe(false);
  });
});
