/** The app's URLs: parsing and formatting. Pure; `useRoute` handles the browser's history. */

import { PRIVATE_PREFIX } from "./private";

export const MEMORY_VIEWS = [
  "portrait",
  "facts",
  "timeline",
  "waiting",
  "files",
  "bring",
  "take",
] as const;
export const SETTINGS_VIEWS = [
  "models",
  "experts",
  "people",
  "devices",
  "keys",
  "usage",
  "account",
  "appearance",
  "data",
] as const;

/** The parts of a project, in the order in which they're used. */
export const STUDIO_VIEWS = [
  "examples",
  "test",
  "methods",
  "training",
  "compare",
  "releases",
] as const;

/** The parts of the care space. What is written there is in no address. */
export const CARE_VIEWS = ["home", "talk", "breathe", "write", "checkin", "plan"] as const;

export type CareView = (typeof CARE_VIEWS)[number];
export type MemoryView = (typeof MEMORY_VIEWS)[number];
export type SettingsView = (typeof SETTINGS_VIEWS)[number];
export type StudioView = (typeof STUDIO_VIEWS)[number];

export type Route =
  | { page: "new"; private: boolean }
  /** `open` is the artifact beside the conversation. */
  | { page: "talk"; conversation: string; message: string | null; open?: string }
  | { page: "past" }
  | { page: "memory"; view: MemoryView; fact: string | null }
  | { page: "settings"; view: SettingsView | null }
  | { page: "studio"; project: string | null; view: StudioView; item: string | null }
  | { page: "care"; view: CareView }
  | { page: "documents"; document: string | null }
  | { page: "plans"; plan: string | null }
  | { page: "help" }
  | { page: "start" }
  | { page: "welcome" };

/** Return the route of a URL; unknown ones lead to a new conversation. */
export function routeOf(pathname: string, search = ""): Route {
  const [first = "", second = "", third = "", fourth = ""] = pathname
    .split("/")
    .filter(Boolean)
    .map(decoded);
  switch (first) {
    case "c":
      // The id of a private conversation was in the address once; it's gone.
      if (second.startsWith(PRIVATE_PREFIX)) return { page: "new", private: true };
      return second ? talkOf(second, search) : { page: "new", private: false };
    case "private":
      return { page: "new", private: true };
    case "past":
      return { page: "past" };
    case "memory":
      return {
        page: "memory",
        view: oneOf(MEMORY_VIEWS, second) ?? "portrait",
        fact: third || null,
      };
    case "settings":
      return { page: "settings", view: oneOf(SETTINGS_VIEWS, second) };
    case "studio":
      return {
        page: "studio",
        project: second || null,
        view: oneOf(STUDIO_VIEWS, third) ?? "examples",
        item: fourth || null,
      };
    case "care":
      return { page: "care", view: oneOf(CARE_VIEWS, second) ?? "home" };
    case "documents":
      return { page: "documents", document: second || null };
    case "plans":
      return { page: "plans", plan: second || null };
    case "help":
      return { page: "help" };
    case "start":
      return { page: "start" };
    case "welcome":
      return { page: "welcome" };
    default:
      return { page: "new", private: false };
  }
}

function talkOf(conversation: string, search: string): Route {
  const query = new URLSearchParams(search);
  const open = query.get("open");
  return { page: "talk", conversation, message: query.get("m"), ...(open && { open }) };
}

/** Return the address of a route. */
export function pathOf(route: Route): string {
  switch (route.page) {
    case "new":
      return route.private ? "/private" : "/";
    case "talk": {
      const marks = { m: route.message, open: route.open };
      const query = Object.entries(marks).flatMap(([name, value]) =>
        value ? [`${name}=${encodeURIComponent(value)}`] : [],
      );
      const path = `/c/${encodeURIComponent(route.conversation)}`;
      return query.length ? `${path}?${query.join("&")}` : path;
    }
    case "memory": {
      const view = route.view === "portrait" && !route.fact ? "" : `/${route.view}`;
      return `/memory${view}${route.fact ? `/${encodeURIComponent(route.fact)}` : ""}`;
    }
    case "care":
      return route.view === "home" ? "/care" : `/care/${route.view}`;
    case "documents":
      return route.document ? `/documents/${encodeURIComponent(route.document)}` : "/documents";
    case "plans":
      return route.plan ? `/plans/${encodeURIComponent(route.plan)}` : "/plans";
    case "settings":
      return route.view ? `/settings/${route.view}` : "/settings";
    case "studio": {
      const { project, view, item } = route;
      return `/${["studio", ...(project ? [project, view, ...(item ? [item] : [])] : [])]
        .map(encodeURIComponent)
        .join("/")}`;
    }
    default:
      return `/${route.page}`;
  }
}

/** Return whether two routes are different pages, not parts of the same page. */
export function isAnotherPage(from: Route, to: Route): boolean {
  if (from.page === "talk" && to.page === "talk") return from.conversation !== to.conversation;
  if (from.page === "studio" && to.page === "studio") return from.project !== to.project;
  if (from.page === "new" && to.page === "new") return from.private !== to.private;
  return from.page !== to.page;
}

function oneOf<T extends string>(known: readonly T[], name: string): T | null {
  return known.find((one) => one === name) ?? null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
