/** The lines of a conversation: stored messages, a reply in progress, messages to be sent. Pure. */

import { isOver, type Live, type StandIn } from "./live";
import { type Held, isUnderWay } from "./outbox";
import type { Recollection, Recollections } from "./recollection";
import type {
  Attachment,
  FileSource,
  ForgettingProposal,
  Help,
  MadeArtifact,
  Message,
  Note,
  RecalledFact,
  RecalledMessage,
  RecalledPassage,
  Suggestion,
} from "./types";

/** A recalled message; it has reasons only while the reply is streamed. */
export type Recalled = RecalledMessage & Partial<Pick<RecalledPassage, "reasons">>;

export interface Line {
  id: string;
  /** A key that stays the same over its lifetime: its turn, if it has one. */
  key: string;
  by: "person" | "tau";
  text: string;
  /** Seconds since 1970; `null` until it's stored. */
  at: number | null;
  speaker: string | null;
  origin: string | null;
  state: "written" | "sending" | "held" | "thinking" | "replying" | "stopped" | "interrupted";
  recalled: readonly Recalled[];
  facts: readonly Pick<RecalledFact, "id" | "text">[];
  attachments: readonly Attachment[];
  sources: readonly FileSource[];
  /** What the model thinks, while the reply is streamed. */
  thoughts: string;
  /** The model that answered in place of the chosen one. */
  standIn: StandIn | null;
  /** Whether Tau ended the reply because it repeated itself. */
  isCut: boolean;
  notes: readonly Note[];
  forgetting: ForgettingProposal | null;
  /** The help that was offered with it. */
  help: Help | null;
  /** A reminder that Tau is an AI, above the reply that it came with. */
  notice: string | null;
  /** The specialist that could help, below the reply that it came with. */
  suggestion: Suggestion | null;
  /** What a specialist is doing, until the reply comes. */
  working: string | null;
  /** What a specialist made or changed with the reply. */
  artifact: MadeArtifact | null;
  /** Which of the `versions` it is, counted from 1. */
  version: number;
  /** The ids of what follows the same message, itself included. */
  versions: readonly string[];
}

export interface Parts {
  messages: readonly Message[];
  live: Live | null;
  held: readonly Held[];
  recollections: Recollections;
  /** Whether `messages` include the end of the conversation. */
  atEnd: boolean;
}

/** Return the lines of a conversation, oldest first. */
export function linesOf({ messages, live, held, recollections, atEnd }: Parts): Line[] {
  const kept = live ? messages.slice(0, cutAt(messages, live)) : messages;
  const lines = kept.map((message) => written(message, recollections.get(message.id)));
  if (!atEnd) return lines;
  if (live) lines.push(...liveLines(live, lines));
  const known = new Set(lines.map((line) => line.id));
  lines.push(...held.filter((one) => !known.has(one.turn) && one.turn !== live?.turn).map(waiting));
  return lines;
}

/** An edit or a retry hides the messages after it while the new reply is streamed. */
function cutAt(messages: readonly Message[], live: Live): number {
  if (isOver(live) && !isBehind(messages, live)) return messages.length;
  const replaced = live.edits ? messages.findIndex((one) => one.id === live.edits) : -1;
  if (replaced >= 0 && live.message === null) return replaced;
  const answered = live.message ? messages.findIndex((one) => one.id === live.message) : -1;
  return answered >= 0 ? answered + 1 : replaced >= 0 ? replaced : messages.length;
}

/**
 * Whether the messages were fetched before the turn ended: what it hides is still in them.
 *
 * Without this, hidden messages would show for a moment, and an edit begun there would vanish. A
 * turn that failed is shown for longer, while the conversation may change elsewhere.
 */
function isBehind(messages: readonly Message[], live: Live): boolean {
  if (live.state === "failed") return false;
  const has = (id: string) => messages.some((one) => one.id === id);
  if (live.message !== null && !has(live.message)) return live.edits !== null && has(live.edits);
  return live.reply !== null && !has(live.reply);
}

function liveLines(live: Live, lines: readonly Line[]): Line[] {
  const made: Line[] = [];
  if (live.reply && lines.some((line) => line.id === live.reply)) return made;
  // The messages may come before the event that says which of them it is.
  const key = `person ${live.turn}`;
  const place = lines.findIndex((line) => line.id === live.message || line.key === key);
  const said = place >= 0;
  // The conversation has continued, so the messages show the result of this turn.
  if (said && place < lines.length - 1 && isOver(live)) return made;
  if (live.words !== null && !said) {
    made.push({
      ...empty(live.message ?? `words-${live.turn}`, "person", live.turn),
      text: live.words,
      attachments: live.attachments,
      state: live.message ? "written" : "sending",
      help: live.help,
    });
  }
  if (live.text || (live.state !== "failed" && live.state !== "stopped")) {
    made.push({
      ...empty(live.reply ?? `reply-${live.turn}`, "tau", live.turn),
      text: live.text,
      state: stateOf(live),
      recalled: live.passages,
      thoughts: live.thoughts,
      standIn: live.standIn,
      facts: live.facts,
      sources: live.sources,
      notes: live.notes,
      forgetting: live.forgetting,
      notice: live.notice,
      suggestion: live.suggestion,
      working: live.working,
      artifact: live.artifact,
    });
  }
  return made;
}

function stateOf(live: Live): Line["state"] {
  if (live.state === "stopped") return "stopped";
  if (live.state === "failed") return "interrupted";
  if (live.state === "done") return "written";
  return live.text ? "replying" : "thinking";
}

function empty(id: string, by: Line["by"], turn: string | null): Line {
  return {
    id,
    key: turn === null ? id : `${by} ${turn}`,
    by,
    text: "",
    at: null,
    speaker: null,
    origin: null,
    state: "written",
    recalled: [],
    facts: [],
    attachments: [],
    sources: [],
    thoughts: "",
    standIn: null,
    isCut: false,
    notes: [],
    forgetting: null,
    help: null,
    notice: null,
    suggestion: null,
    working: null,
    artifact: null,
    version: 1,
    versions: [],
  };
}

const WRITTEN = new WeakMap<Message, { line: Line; seen: Recollection | undefined }>();

/**
 * The same message yields the same object, so that it isn't rendered again.
 *
 * A message may be read before its stream has ended: then what was streamed comes to it later.
 */
function written(message: Message, seen: Recollection | undefined): Line {
  const known = WRITTEN.get(message);
  if (known && known.seen === seen) return known.line;
  const line: Line = {
    ...empty(message.id, message.by, message.turn ?? null),
    text: message.text,
    at: message.at,
    speaker: message.speaker ?? null,
    origin: message.origin ?? null,
    state: message.status === "complete" ? "written" : message.status,
    recalled: seen?.passages ?? message.recalled,
    facts: message.facts,
    attachments: message.attachments ?? [], // as with versions
    sources: message.sources ?? [],
    standIn:
      message.instead_of && message.model
        ? { model: message.model, insteadOf: message.instead_of }
        : null,
    isCut: message.cut === "repetition",
    notes: notesOf(message, seen),
    forgetting: seen?.forgetting ?? null,
    help: message.help ?? null,
    notice: seen?.notice ?? null,
    suggestion: seen?.suggestion ?? null,
    artifact: message.artifact ?? null,
    version: message.version ?? 1,
    versions: message.versions ?? [], // a thread kept by an older version has none
  };
  WRITTEN.set(message, { line, seen });
  return line;
}

/** What still stands of the notes, and what came with the streamed reply about other messages. */
function notesOf(message: Message, seen: Recollection | undefined): readonly Note[] {
  const others = (seen?.notes ?? []).filter(
    (note) => note.kind !== "asks" && note.message !== message.parent,
  );
  return [...(message.notes ?? []), ...others];
}

function waiting(held: Held): Line {
  const state = isUnderWay(held) ? "sending" : "held";
  return {
    ...empty(held.turn, "person", held.turn),
    text: held.words,
    attachments: held.files ?? [],
    state,
  };
}
