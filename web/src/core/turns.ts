/** The turns that this device started or watches. Knows the network, and nothing of the screen. */

import { giveFilesBack } from "./attachments";
import { giveBack } from "./drafts";
import { isPassing, isSignedOut, Refused } from "./errors";
import { newId, part, post } from "./http";
import { begun, isOver, type Live, withEvent } from "./live";
import { hasWaiting, hold, holdWhileSending, letWait, release } from "./outbox";
import type { Recollection } from "./recollection";
import { sessionEnded } from "./session";
import { Store } from "./store";
import { type Beginning, turnEvents } from "./streams";
import type { Attachment, TurnEvent } from "./types";
import { saveAll } from "./unsaved";

const DRAWN_EVERY_MS = 50;
const MOST_RECOLLECTIONS = 100;

const now = () => Date.now() / 1000;

export interface Saying {
  conversation: string;
  words: string;
  /** The files that go with them. */
  files?: readonly Attachment[];
  /** The message to replace. */
  edits?: string | null;
  /** The turn id, if it was tried before. */
  turn?: string;
  /** The person, whose message may wait on this device; `null` for private ones and those to care. */
  person: string | null;
  /** The specialist to reply; without one, that of the conversation. */
  expert?: string | null;
  /** The artifact that is open beside the talk. */
  artifact?: string | null;
}

export class Turns {
  /** The newest turn of each conversation, by the conversation. */
  readonly live = new Store<ReadonlyMap<string, Live>>(new Map());
  /** Why the last message of a conversation was refused; its text is a draft again. */
  readonly failures = new Store<ReadonlyMap<string, unknown>>(new Map());
  /** What was sent only with replies streamed while this page was open, by message. */
  readonly recollections = new Map<string, Recollection>();
  readonly #watching = new Map<string, AbortController>();

  /** `onShown` is called when a conversation has something new to be read from the server. */
  constructor(readonly onShown: (conversation: string) => Promise<unknown> | unknown) {}

  of(conversation: string): Live | null {
    return this.live.get().get(conversation) ?? null;
  }

  /**
   * Send a message; resolves when the reply ends.
   *
   * If Tau is unreachable, the message waits in the outbox; if refused, it becomes a draft again.
   */
  async say(saying: Saying): Promise<void> {
    const { conversation, words, files = [], edits = null, turn = newId(), person } = saying;
    const { expert, artifact } = saying;
    const waits =
      person === null || edits
        ? null
        : { turn, conversation, words, files, person, at: now(), expert, artifact };
    if (waits && hasWaiting(waits.person, conversation)) {
      hold(waits); // after earlier messages
      return;
    }
    if (waits) holdWhileSending(waits);
    if (artifact) await saveAll(); // the reply is about what is open, as it's now
    this.#fail(conversation, null);
    const path = `/api/conversations/${part(conversation)}/turns`;
    const attachments = files.map((file) => file.id);
    const begin = {
      path,
      body: {
        words,
        ...(edits && { edits }),
        ...(expert && { expert }),
        ...(artifact && { artifact }),
        ...(files.length && { attachments }),
      },
    };
    try {
      await this.#follow(begun(turn, conversation, { words, attachments: files, edits }), begin);
    } catch (error) {
      if (waits && (isPassing(error) || isSignedOut(error))) {
        letWait(turn);
      } else {
        release(turn);
        giveBack(conversation, words, person === null);
        if (!edits) giveFilesBack(conversation, files);
        this.#fail(conversation, error);
      }
      if (isSignedOut(error)) sessionEnded();
    }
  }

  /** Ask for another reply to the person's message `message`, of a specialist if one is named. */
  async retry(conversation: string, message: string, expert?: string): Promise<void> {
    const body = expert ? { expert } : {};
    const begin = { path: `/api/messages/${part(message)}/retry`, body };
    this.#fail(conversation, null);
    try {
      await this.#follow(begun(newId(), conversation, { message, state: "thinking" }), begin);
    } catch (error) {
      this.#fail(conversation, error);
    }
  }

  /** Watch a turn that another device started. */
  async watch(conversation: string, turn: string): Promise<void> {
    if (this.of(conversation)?.turn === turn) return;
    try {
      await this.#follow(begun(turn, conversation, { state: "thinking" }));
    } catch (error) {
      // It ended before it could be watched; the reply is in the conversation.
      this.#forget(conversation);
      await this.onShown(conversation);
      if (!(error instanceof Refused && error.status === 404)) throw error;
    }
  }

  /** Stop the reply; the part generated so far is kept. */
  async stop(conversation: string): Promise<void> {
    const live = this.of(conversation);
    if (live && !isOver(live)) await post(`/api/turns/${part(live.turn)}/stop`);
  }

  /** Drop a turn that is over: another version of its conversation shows. */
  dismiss(conversation: string): void {
    const live = this.of(conversation);
    if (live && isOver(live)) this.#forget(conversation);
  }

  /** Drop everything of a conversation that is gone. */
  drop(conversation: string): void {
    this.#watching.get(conversation)?.abort();
    this.#watching.delete(conversation);
    this.#forget(conversation);
    this.#fail(conversation, null);
    for (const [reply, one] of this.recollections) {
      if (one.conversation === conversation) this.recollections.delete(reply);
    }
  }

  /** Drop everything, because the person signs out. */
  leave(): void {
    for (const watching of this.#watching.values()) watching.abort();
    this.#watching.clear();
    this.recollections.clear();
    this.live.set(new Map());
    this.failures.set(new Map());
  }

  async #follow(first: Live, begin?: Beginning): Promise<void> {
    const { conversation, turn } = first;
    const watching = new AbortController();
    this.#watching.get(conversation)?.abort();
    this.#watching.set(conversation, watching);
    const drawing = new Drawing((live) => this.#put(live, watching.signal));
    drawing.now(first);
    const onLost = () => drawing.now({ ...drawing.live, lost: true });
    try {
      for await (const event of turnEvents(turn, { begin, signal: watching.signal, onLost })) {
        drawing.take(withEvent(drawing.live, event), isPiece(event));
        if (event.type === "accepted") {
          release(turn);
          void this.onShown(conversation);
        }
      }
    } catch (error) {
      drawing.end();
      this.#forget(conversation);
      throw error;
    }
    drawing.end();
    if (watching.signal.aborted) return;
    this.#recollect(drawing.live);
    await this.onShown(conversation);
    if (drawing.live.state !== "failed" && this.of(conversation)?.turn === turn) {
      this.#forget(conversation);
    }
  }

  #fail(conversation: string, error: unknown): void {
    const failures = new Map(this.failures.get());
    if (error === null) failures.delete(conversation);
    else failures.set(conversation, error);
    this.failures.set(failures);
  }

  #put(live: Live, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.live.set(new Map(this.live.get()).set(live.conversation, live));
  }

  #forget(conversation: string): void {
    const rest = new Map(this.live.get());
    rest.delete(conversation);
    this.live.set(rest);
  }

  #recollect(live: Live): void {
    const { conversation, reply, passages, notes, forgetting, notice, suggestion } = live;
    if (!reply) return;
    const kept = { conversation, passages, notes, forgetting, notice, suggestion };
    this.recollections.set(reply, kept);
    const oldest = this.recollections.keys().next().value;
    if (this.recollections.size > MOST_RECOLLECTIONS && oldest) this.recollections.delete(oldest);
  }
}

function isPiece(event: TurnEvent): boolean {
  return event.type === "delta" || event.type === "thought";
}

/** Updates the screen a few times per second, however many pieces arrive. */
class Drawing {
  live!: Live;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(readonly put: (live: Live) => void) {}

  take(live: Live, isPiece: boolean): void {
    if (!isPiece) {
      this.now(live);
      return;
    }
    this.live = live;
    this.#timer ??= setTimeout(() => this.now(this.live), DRAWN_EVERY_MS);
  }

  now(live: Live): void {
    this.end();
    this.live = live;
    this.put(live);
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
