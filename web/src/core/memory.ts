/** Facts as the app shows them: their order and the actions on them. Pure. */

import type { Fact, FactDetail, Moment } from "./types";

export type Topic = Fact["topic"];
export type FactState = Fact["state"];
export type StateFilter = FactState | "all";

/** Every topic, in the order of the profile. */
export const TOPICS = [
  "name",
  "instruction",
  "plan",
  "birthday",
  "home",
  "work",
  "study",
  "family",
  "people",
  "pet",
  "health",
  "like",
  "dislike",
  "habit",
  "possession",
  "event",
  "other",
] as const satisfies readonly Topic[];

export const STATE_FILTERS = ["current", "past", "waiting", "rejected", "all"] as const;

/** The filter of the list of facts. */
export interface Filter {
  words: string;
  state: StateFilter;
  topic: Topic | null;
}

export const NO_FILTER: Filter = { words: "", state: "current", topic: null };

/** Return whether the filter differs from the default, current facts. */
export function isFiltered({ words, state, topic }: Filter): boolean {
  return words.trim() !== "" || state !== "current" || topic !== null;
}

export interface TopicGroup {
  topic: Topic;
  facts: Fact[];
}

/** Group facts by topic, keeping their order. */
export function byTopic(facts: readonly Fact[]): TopicGroup[] {
  return TOPICS.map((topic) => ({
    topic,
    facts: facts.filter((fact) => fact.topic === topic),
  })).filter((group) => group.facts.length > 0);
}

/** Return `items` without repeated keys: pages of a changing list may overlap. */
export function once<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item] as const)).values()];
}

// --- what may be done ----------------------------------------------------------------------

export const canConfirm = (fact: Fact): boolean =>
  fact.state !== "past" && !(fact.confirmed && fact.state === "current");

/** A replaced fact is history; correct the one that replaced it. */
export const canCorrect = (fact: Fact): boolean => fact.superseded_by === null;

export const canReject = (fact: Fact): boolean => fact.state !== "rejected";

/** Return whether the person's last change to a fact can be undone. */
export function canUndo({ fact, claims, history }: FactDetail): boolean {
  return (
    fact.confirmed ||
    fact.state === "rejected" ||
    fact.corrects !== null ||
    claims.some((claim) => claim.by === "person") ||
    (fact.state !== "waiting" && claims.some((claim) => claim.trust === "waiting")) ||
    history.some((one) => one.corrects === fact.id)
  );
}

/** Return the latest fact that replaced this one. */
export function standing({ fact, history }: FactDetail): Fact {
  const known = new Map(history.map((one) => [one.id, one]));
  const seen = new Set<string>();
  let last = fact;
  while (last.superseded_by !== null && !seen.has(last.id)) {
    seen.add(last.id);
    const next = known.get(last.superseded_by);
    if (!next) break;
    last = next;
  }
  return last;
}

export type Learner = "rules" | "person" | "import" | "model";

/** Return the source of a claim; any name but these three is a model's. */
export function learnerOf(by: string): Learner {
  return by === "rules" || by === "person" || by === "import" ? by : "model";
}

/** Return whether a text doesn't name its subject, so that it must be shown beside it. */
export function namesNobody({ about, text }: Pick<Fact, "about" | "text">): boolean {
  return about !== "" && !text.toLocaleLowerCase().includes(about.toLocaleLowerCase());
}

// --- the profile --------------------------------------------------------------------------

const HEADINGS: Record<string, Topic> = {
  Name: "name",
  名字: "name",
  "Standing requests": "instruction",
  长期要求: "instruction",
  Coming: "plan",
  将来: "plan",
  Birthday: "birthday",
  生日: "birthday",
  Home: "home",
  住处: "home",
  Work: "work",
  工作: "work",
  Study: "study",
  学习: "study",
  Family: "family",
  家人: "family",
  People: "people",
  朋友: "people",
  Pets: "pet",
  宠物: "pet",
  "Health and diet": "health",
  健康与饮食: "health",
  Likes: "like",
  喜欢: "like",
  Dislikes: "dislike",
  不喜欢: "dislike",
  Habits: "habit",
  习惯: "habit",
  Has: "possession",
  拥有: "possession",
  "Has happened": "event",
  经历: "event",
  Said: "other",
  说过: "other",
};

/** Split a line of the profile into its topic and the rest, if it begins with a topic. */
export function lineParts(text: string): { topic: Topic | null; rest: string } {
  const [, heading = "", rest = ""] = /^([^:：]{1,24})[:：]\s*(.+)$/s.exec(text) ?? [];
  const topic = Object.hasOwn(HEADINGS, heading) ? HEADINGS[heading] : undefined;
  return topic ? { topic, rest } : { topic: null, rest: text };
}

// --- the timeline --------------------------------------------------------------------------

export interface Month {
  key: string;
  /** A time within it, for its heading. */
  at: number;
  /** Whether its entries are in the future; the current month may appear twice. */
  ahead: boolean;
  moments: Moment[];
}

export const isAhead = (moment: Moment, now: number): boolean => moment.at > now;

/** Return the kind of a timeline entry, as past plans and facts without a known start differ. */
export function kindOf(
  moment: Moment,
  now: number,
): "planned" | "was" | "began" | "said" | "ended" {
  if (moment.what === "planned") return isAhead(moment, now) ? "planned" : "was";
  if (moment.what === "ended") return "ended";
  return moment.fact.valid_from === null ? "said" : "began";
}

/** Group entries by month in the person's time zone, newest first. */
export function byMonth(moments: readonly Moment[], now: number): Month[] {
  const months: Month[] = [];
  for (const moment of moments) {
    const date = new Date(moment.at * 1000);
    const ahead = isAhead(moment, now);
    const key = `${date.getFullYear()}-${date.getMonth() + 1}${ahead ? " ahead" : ""}`;
    const last = months.at(-1);
    if (last?.key === key) last.moments.push(moment);
    else months.push({ key, at: moment.at, ahead, moments: [moment] });
  }
  return months;
}

// --- choosing ------------------------------------------------------------------------------

/** Return the selection with `id` added or removed. */
export function toggled(chosen: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(chosen);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** Return the selected facts that still exist, in list order. */
export function stillThere(chosen: ReadonlySet<string>, facts: readonly Fact[]): string[] {
  return facts.filter((fact) => chosen.has(fact.id)).map((fact) => fact.id);
}
