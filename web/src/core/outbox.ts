/**
 * Words that wait on this device until Tau is back.
 *
 * Each has the identifier of its turn: sent twice, it is said once. Private words never come here.
 */

import { Refused } from "./errors";
import { PRIVATE_PREFIX } from "./private";
import { Store } from "./store";

export interface Held {
  turn: string;
  /** The conversation they go to; `null` begins one. */
  conversation: string | null;
  words: string;
  /** Whose they are: another person on this device never sends them. */
  person: string;
  at: number;
  /** Since when a page is sending them: meanwhile no other page does. In seconds since 1970. */
  sending?: number | undefined;
}

/** How long a page may take: after that it was closed, or is lost. */
const SENDING_SECONDS = 10;
const now = () => Date.now() / 1000;

/** Return whether a page is sending these words at this moment. */
export function isUnderWay({ sending }: Held): boolean {
  return sending !== undefined && now() - sending < SENDING_SECONDS;
}

const KEY = "tau.outbox";

/** Return what was kept; what is not understood is left out. */
export function heldOf(kept: string | null): Held[] {
  try {
    const value: unknown = JSON.parse(kept ?? "[]");
    return Array.isArray(value) ? value.filter(isHeld) : [];
  } catch {
    return [];
  }
}

function isHeld(value: unknown): value is Held {
  if (typeof value !== "object" || value === null) return false;
  const one = value as Record<string, unknown>;
  return (
    [one.turn, one.words, one.person].every((text) => typeof text === "string") &&
    (one.conversation === null || typeof one.conversation === "string") &&
    typeof one.at === "number"
  );
}

/** What waits, where the browser keeps nothing: it lasts for this visit. */
let unkept: readonly Held[] | null = null;

function kept(): readonly Held[] {
  if (unkept !== null) return unkept;
  try {
    return heldOf(localStorage.getItem(KEY));
  } catch {
    return [];
  }
}

export const outbox = new Store<readonly Held[]>(kept());

function keep(held: readonly Held[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(held));
    unkept = null;
  } catch {
    unkept = held;
  }
  outbox.set(held);
}

/** Keep words until they can be sent; what was kept before stays in its place. */
export function hold(one: Held): void {
  const held = kept();
  const isKnown = held.some((other) => other.turn === one.turn);
  keep(isKnown ? held.map((other) => (other.turn === one.turn ? one : other)) : [...held, one]);
}

/** Keep words before they are sent, so that a page that is closed meanwhile loses none. */
export function holdWhileSending(one: Held): void {
  hold({ ...one, sending: now() });
}

/** Say that words could not be sent now: they wait. */
export function letWait(turn: string): void {
  keep(kept().map((one) => (one.turn === turn ? { ...one, sending: undefined } : one)));
}

/** Return whether a person's words wait to be said in a conversation: others come after them. */
export function hasWaiting(person: string, conversation: string): boolean {
  return kept().some(
    (one) => one.person === person && one.conversation === conversation && !isUnderWay(one),
  );
}

/** Let go of all that a person's words wait here: they live here no more. */
export function forgetPerson(person: string): void {
  keep(kept().filter((one) => one.person !== person));
}

/** Let go of words: they arrived, or are not to be sent. */
export function release(turn: string): void {
  keep(kept().filter((one) => one.turn !== turn));
}

/** Words that have a conversation to go to. */
export type Addressed = Held & { conversation: string };

/** How held words are sent. */
export interface Sender {
  /** Begin a conversation; returns its identifier. */
  begin(): Promise<string>;
  /** Say words under the identifier of their turn; resolves once they are written down. */
  say(one: Addressed): Promise<void>;
  /** Resolves when the reply to them is over: what follows in the conversation comes after it. */
  answered(one: Addressed): Promise<void>;
  /** Tau does not take these words, now or later. */
  refused(one: Addressed, error: Refused): void;
}

/** Conversations that took no words on this visit: they are not tried again before the next one. */
const closed = new Set<string>();

/** Let words be tried again that were refused: they go to a conversation of their own. */
export function readdress(conversation: string): void {
  keep(
    kept().map((one) => (one.conversation === conversation ? { ...one, conversation: null } : one)),
  );
}

/**
 * Send what a person's words wait here, in order, one conversation after the other.
 *
 * Resolves when nothing is left that could be sent, or Tau is away again. Of several tabs one sends
 * at a time, and each looks afresh at what is left.
 */
export async function flush(person: string, sender: Sender, signal: AbortSignal): Promise<void> {
  const send = () => sendAll(person, sender, signal);
  const locks = globalThis.navigator?.locks as LockManager | undefined; // only behind https
  await (locks ? locks.request("tau-outbox", { signal }, send) : send());
}

async function sendAll(person: string, sender: Sender, signal: AbortSignal): Promise<void> {
  let current: string | null = null;
  for (let one = next(person, current); one && !signal.aborted; one = next(person, current)) {
    if (one.conversation === null) {
      current = await sender.begin();
      address(person, current);
      continue;
    }
    const addressed: Addressed = { ...one, conversation: one.conversation };
    current = one.conversation;
    try {
      await sender.say(addressed);
    } catch (error) {
      if (!isLasting(error)) throw error;
      closed.add(current);
      sender.refused(addressed, error);
      continue;
    }
    release(one.turn);
    await sender.answered(addressed);
  }
}

/** The next words to send: those of the conversation that is being sent come first. */
function next(person: string, current: string | null): Held | null {
  const waiting = kept().filter(
    (one) =>
      one.person === person &&
      !isUnderWay(one) &&
      !closed.has(one.conversation ?? "") &&
      !one.conversation?.startsWith(PRIVATE_PREFIX),
  );
  return waiting.find((one) => one.conversation === current) ?? waiting[0] ?? null;
}

/** Words of a conversation that had not begun go to it now: kept before anything is sent. */
function address(person: string, conversation: string): void {
  const isMeant = (one: Held) => one.person === person && one.conversation === null;
  keep(kept().map((one) => (isMeant(one) ? { ...one, conversation } : one)));
}

const LASTING = [400, 403, 404, 410, 413, 422];

function isLasting(error: unknown): error is Refused {
  return error instanceof Refused && LASTING.includes(error.status);
}

globalThis.addEventListener?.("storage", (event) => {
  if (event.key === KEY) outbox.set(heldOf(event.newValue));
});
