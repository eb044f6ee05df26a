/** What is known, as a page shows it: what may be done with it, and in which order. Pure. */

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

/** Which facts a person wants to see. */
export interface Filter {
  words: string;
  state: StateFilter;
  topic: Topic | null;
}

export const NO_FILTER: Filter = { words: "", state: "current", topic: null };

/** Return whether anything is asked for besides what is held to be true now. */
export function isFiltered({ words, state, topic }: Filter): boolean {
  return words.trim() !== "" || state !== "current" || topic !== null;
}

export interface TopicGroup {
  topic: Topic;
  facts: Fact[];
}

/** Return facts by topic; within one they keep their order. */
export function byTopic(facts: readonly Fact[]): TopicGroup[] {
  return TOPICS.map((topic) => ({
    topic,
    facts: facts.filter((fact) => fact.topic === topic),
  })).filter((group) => group.facts.length > 0);
}

/** Return `items` without those whose key was met before: pages of a list that moves may overlap. */
export function once<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item] as const)).values()];
}

// --- what may be done ----------------------------------------------------------------------

export const canConfirm = (fact: Fact): boolean =>
  fact.state !== "past" && !(fact.confirmed && fact.state === "current");

/** What another fact took the place of is history: the other one is to be corrected. */
export const canCorrect = (fact: Fact): boolean => fact.superseded_by === null;

export const canReject = (fact: Fact): boolean => fact.state !== "rejected";

/** Return whether the person did something to a fact that can be taken back. */
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

/** Return the fact that stands at the end of the line which this one began. */
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

/** Return who found a claim; any name but these three is that of a model. */
export function learnerOf(by: string): Learner {
  return by === "rules" || by === "person" || by === "import" ? by : "model";
}

/** Return whether a text leaves out whom it is about, so that this is to be said beside it. */
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
  /** A moment within it, to name it by. */
  at: number;
  /** Whether its moments are still to come: the month of today may stand twice. */
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

/** Return moments, newest first, by the months in which they are where the person is. */
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

/** Return the chosen ones with `id` among them, or without it if it was. */
export function toggled(chosen: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(chosen);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** Return the chosen that are there still, in the order of the list. */
export function stillThere(chosen: ReadonlySet<string>, facts: readonly Fact[]): string[] {
  return facts.filter((fact) => chosen.has(fact.id)).map((fact) => fact.id);
}
