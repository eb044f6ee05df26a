/** The history: months, excerpts and matched words. */

import { plain } from "./markdown";
import { session } from "./session";
import { Store } from "./store";
import type { Conversation } from "./types";

/** The scroll position on the history page, kept in memory to return to it. */
export interface Place {
  words: string;
  archived: boolean;
  top: number;
}

export const NOWHERE: Place = { words: "", archived: false, top: 0 };
export const place = new Store<Place>(NOWHERE);
session.subscribe(() => session.get().state === "out" && place.set(NOWHERE));

/** Conversations per page of the list, and passages per search. */
export const PAGE = 100;
export const FOUND_AT_FIRST = 20;
export const MOST_FOUND = 100;

/** Pages of a list that are refetched after a change; later ones are loaded again on demand. */
export const MOST_REPEATED = 10;

/** Return the first pages of a loaded list. */
export function firstPages<T extends { pages: unknown[]; pageParams: unknown[] }>(loaded: T): T {
  if (loaded.pages.length <= MOST_REPEATED) return loaded;
  const first = <P>(all: P[]) => all.slice(0, MOST_REPEATED);
  return { ...loaded, pages: first(loaded.pages), pageParams: first(loaded.pageParams) };
}

export interface Month {
  /** "2026-05". */
  key: string;
  conversations: Conversation[];
}

/** Return the month of a time in the person's time zone: "2026-05". */
export function monthOf(at: number): string {
  const date = new Date(at * 1000);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}`;
}

/** Return a time within a month: its first noon, in seconds. */
export function momentIn(month: string): number {
  const [year = 1970, number = 1] = month.split("-").map(Number);
  return new Date(year, number - 1, 1, 12).getTime() / 1000;
}

/** Group conversations by month, newest first. */
export function monthsOf(conversations: readonly Conversation[]): Month[] {
  const months = new Map<string, Conversation[]>();
  for (const one of conversations) {
    const key = monthOf(one.updated_at);
    const group = months.get(key);
    if (group) group.push(one);
    else months.set(key, [one]);
  }
  return [...months].map(([key, group]) => ({ key, conversations: group }));
}

/**
 * Return the loaded month at `wanted`: itself, or the next older one.
 *
 * `null` if that isn't known yet, because more conversations may follow.
 */
export function nearest(
  months: readonly Month[],
  wanted: string,
  isComplete: boolean,
): string | null {
  const keys = months.map((month) => month.key);
  const found = keys.find((key) => key <= wanted);
  if (found) return found;
  return isComplete ? (keys.at(-1) ?? null) : null;
}

/** Return the years from that of `latest` back to that of `earliest`. */
export function yearsBetween(earliest: number, latest: number): number[] {
  const [from, to] = [
    new Date(earliest * 1000).getFullYear(),
    new Date(latest * 1000).getFullYear(),
  ];
  return Array.from({ length: Math.max(1, to - from + 1) }, (_, index) => to - index);
}

/** Return the matched words from Tau's reasons ("words: sister, Porto"). */
export function matchedWords(reasons: readonly string[]): string[] {
  const found = reasons.find((reason) => reason.startsWith("words: "));
  return found ? found.slice("words: ".length).split(", ").filter(Boolean) : [];
}

export interface Piece {
  text: string;
  found: boolean;
}

const MOST_BEFORE = 70;

/** Return an excerpt of `text` around most of `words`, on one line, split at the matches. */
export function excerptOf(text: string, words: readonly string[], most = 320): Piece[] {
  const line = plain(text)
    .replaceAll(/\*\*|`|^#+ /gm, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const marks = marksOf(line, words);
  const [start, end] = stretchOf(line, marks, most);
  const pieces: Piece[] = [];
  const add = (piece: string, found: boolean) => piece && pieces.push({ text: piece, found });
  let at = start;
  for (const mark of marks) {
    if (mark.start < start || mark.end > end) continue;
    add(line.slice(at, mark.start), false);
    add(line.slice(mark.start, mark.end), true);
    at = mark.end;
  }
  add(line.slice(at, end), false);
  if (start > 0) pieces.unshift({ text: "… ", found: false });
  if (end < line.length) pieces.push({ text: " …", found: false });
  return pieces;
}

interface Mark {
  start: number;
  end: number;
}

/** The excerpt with the most matches, extended to whole words. */
function stretchOf(line: string, marks: readonly Mark[], most: number): [number, number] {
  if (line.length <= most) return [0, line.length];
  const within = (from: number) =>
    marks.filter((mark) => mark.start >= from && mark.end <= from + most - MOST_BEFORE).length;
  const best = marks.reduce<Mark | null>(
    (chosen, mark) => (!chosen || within(mark.start) > within(chosen.start) ? mark : chosen),
    null,
  );
  const wanted = Math.min(Math.max(0, (best?.start ?? 0) - MOST_BEFORE), line.length - most);
  const space = wanted > 0 ? line.indexOf(" ", wanted) : -1;
  const start = space >= 0 && space < wanted + 25 ? space + 1 : wanted;
  const last = line.lastIndexOf(" ", start + most);
  const end = start + most < line.length && last > start + most - 25 ? last : start + most;
  return [start, Math.min(end, line.length)];
}

const TOKEN = /[\p{L}\p{M}\p{N}]+/gu;
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u;

function marksOf(line: string, words: readonly string[]): Mark[] {
  const stems = new Set(words.flatMap((word) => (word.match(TOKEN) ?? []).map(stemOf)));
  const spaced = [...line.matchAll(TOKEN)]
    .filter(([token]) => stems.has(stemOf(token)))
    .map(({ index, 0: token }) => ({ start: index, end: index + token.length }));
  const unspaced = words.filter((word) => UNSPACED.test(word)).flatMap((word) => all(line, word));
  return merged([...spaced, ...unspaced].sort((one, other) => one.start - other.start));
}

function all(line: string, word: string): Mark[] {
  const found: Mark[] = [];
  for (let at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + word.length)) {
    found.push({ start: at, end: at + word.length });
  }
  return found;
}

function merged(marks: readonly Mark[]): Mark[] {
  const whole: Mark[] = [];
  for (const mark of marks) {
    const last = whole.at(-1);
    if (last && mark.start <= last.end) last.end = Math.max(last.end, mark.end);
    else whole.push({ ...mark });
  }
  return whole;
}

/** A rough stem: used for highlighting, never for search. */
function stemOf(word: string): string {
  const folded = word.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  if (folded.length < 4) return folded;
  const stem = folded.replace(/(?:ies|ing|ied|ed|es|ly|s|e|y)$/, "");
  if (stem.length < 3) return folded;
  return stem.replace(/([b-df-hj-np-tv-z])\1$/, "$1");
}
