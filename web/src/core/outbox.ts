/**
 * Messages that wait on this device until Tau is back.
 *
 * Each has its turn id, so that sending it twice stores it once. Private messages never wait here.
 */

import { Refused } from "./errors";
import { PRIVATE_PREFIX } from "./private";
import { Store } from "./store";
import type { Attachment } from "./types";

export interface Held {
  turn: string;
  /** Their conversation; `null` starts one. */
  conversation: string | null;
  words: string;
  /** The files that go with them, which Tau has. */
  files?: readonly Attachment[] | undefined;
  /** Their author: nobody else on this device sends them. */
  person: string;
  at: number;
  /** The specialist that it was written to, if one was chosen. */
  expert?: string | null | undefined;
  /** The artifact that was open beside the talk. */
  artifact?: string | null | undefined;
  /** When a page started sending them, so that no other page does. In seconds since 1970. */
  sending?: number | undefined;
}

/** How long sending may take; after that the page counts as closed. */
const SENDING_SECONDS = 10;
const now = () => Date.now() / 1000;

/** Return whether a page is sending this message right now. */
export function isUnderWay({ sending }: Held): boolean {
  return sending !== undefined && now() - sending < SENDING_SECONDS;
}

const KEY = "tau.outbox";

/** Parse stored messages, skipping invalid ones. */
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

/** The waiting messages of this visit, if the browser stores nothing. */
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

/** Store a message until it can be sent; an existing one keeps its place. */
export function hold(one: Held): void {
  const held = kept();
  const isKnown = held.some((other) => other.turn === one.turn);
  keep(isKnown ? held.map((other) => (other.turn === one.turn ? one : other)) : [...held, one]);
}

/** Store a message before it's sent, so that closing the page doesn't lose it. */
export function holdWhileSending(one: Held): void {
  hold({ ...one, sending: now() });
}

/** Mark a message as waiting, because it couldn't be sent. */
export function letWait(turn: string): void {
  keep(kept().map((one) => (one.turn === turn ? { ...one, sending: undefined } : one)));
}

/** Return whether messages wait in a conversation; newer ones are sent after them. */
export function hasWaiting(person: string, conversation: string): boolean {
  return kept().some(
    (one) => one.person === person && one.conversation === conversation && !isUnderWay(one),
  );
}

/** Delete all waiting messages of a removed person. */
export function forgetPerson(person: string): void {
  keep(kept().filter((one) => one.person !== person));
}

/** Delete a message that was sent or discarded. */
export function release(turn: string): void {
  keep(kept().filter((one) => one.turn !== turn));
}

/** A waiting message with a conversation. */
export type Addressed = Held & { conversation: string };

/** How waiting messages are sent. */
export interface Sender {
  /** Start a conversation; returns its id. */
  begin(): Promise<string>;
  /** Send a message with its turn id; resolves once it's stored. */
  say(one: Addressed): Promise<void>;
  /** Resolves when the reply has ended; the next message in the conversation follows it. */
  answered(one: Addressed): Promise<void>;
  /** Tau refuses this message permanently. */
  refused(one: Addressed, error: Refused): void;
}

/** Conversations that refused a message in this visit; they aren't tried again until the next. */
const closed = new Set<string>();

/** Retry refused messages in a new conversation. */
export function readdress(conversation: string): void {
  keep(
    kept().map((one) => (one.conversation === conversation ? { ...one, conversation: null } : one)),
  );
}

/**
 * Send a person's waiting messages in order, one conversation after the other.
 *
 * Resolves when nothing is left that can be sent, or Tau is unreachable again. One tab sends at a
 * time, and each reads the list again.
 */
export async function flush(person: string, sender: Sender, signal: AbortSignal): Promise<void> {
  const send = () => sendAll(person, sender, signal);
  const locks = globalThis.navigator?.locks as LockManager | undefined; // only over https
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

/** The next message to send; the current conversation comes first. */
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

/** Assign messages of a new conversation to its id, stored before anything is sent. */
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
