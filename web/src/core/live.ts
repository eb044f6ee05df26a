/** The state of a reply in progress, folded from a turn's events. Knows no network and no screen. */

import type {
  Attachment,
  FileSource,
  ForgettingProposal,
  Help,
  MadeArtifact,
  RecalledFact,
  RecalledPassage,
  StreamedNote,
  Suggestion,
  TurnEvent,
} from "./types";

export interface StandIn {
  model: string;
  insteadOf: string;
}

export interface Live {
  turn: string;
  conversation: string;
  /** The person's message until the server returns it; `null` for a retry. */
  words: string | null;
  /** The files that go with it. */
  attachments: readonly Attachment[];
  /** The person's message that is answered, once it is known. */
  message: string | null;
  /** The message that this one replaces. */
  edits: string | null;
  state: "sending" | "thinking" | "replying" | "done" | "stopped" | "failed";
  text: string;
  /** What the model thinks before it replies; it's kept nowhere. */
  thoughts: string;
  /** The model that answers in place of the chosen one, and that one. */
  standIn: StandIn | null;
  /** The help that is offered with the message, if somebody may be in danger. */
  help: Help | null;
  /** A reminder that Tau is an AI, if one is due. */
  notice: string | null;
  /** The specialist that could help, if the message asks for one. */
  suggestion: Suggestion | null;
  /** What a specialist is doing, until the reply comes. */
  working: string | null;
  /** What the reply made or changed with a specialist, and which version that is. */
  artifact: (MadeArtifact & { version: string }) | null;
  passages: readonly RecalledPassage[];
  facts: readonly RecalledFact[];
  /** The passages of files that the reply has. */
  sources: readonly FileSource[];
  /** What was learned since the last reply, and questions about it. */
  notes: readonly StreamedNote[];
  /** What the person asked to forget, until they confirm it. */
  forgetting: ForgettingProposal | null;
  /** The stored reply, once it's finished. */
  reply: string | null;
  /** The error: its code and Tau's sentence. */
  failure: { code: string; sentence: string } | null;
  /** Whether the connection is being restored. */
  lost: boolean;
}

/** Return the state of a new turn. */
export function begun(turn: string, conversation: string, more: Partial<Live> = {}): Live {
  return {
    turn,
    conversation,
    words: null,
    attachments: [],
    message: null,
    edits: null,
    state: "sending",
    text: "",
    thoughts: "",
    standIn: null,
    help: null,
    notice: null,
    suggestion: null,
    working: null,
    artifact: null,
    passages: [],
    facts: [],
    sources: [],
    notes: [],
    forgetting: null,
    reply: null,
    failure: null,
    lost: false,
    ...more,
  };
}

/** Return the state after an event. */
export function withEvent(live: Live, event: TurnEvent): Live {
  switch (event.type) {
    case "accepted":
      return { ...live, message: event.message, state: "thinking", lost: false };
    case "help":
      return { ...live, help: event, lost: false };
    case "notice":
      return { ...live, notice: event.text, lost: false };
    case "suggested":
      return { ...live, suggestion: { expert: event.expert, question: event.question } };
    case "working":
      return { ...live, working: event.text, lost: false };
    case "artifact":
      return {
        ...live,
        artifact: {
          id: event.artifact,
          type: event.artifact_type,
          title: event.title,
          version: event.version,
        },
        lost: false,
      };
    case "recalled":
      return {
        ...live,
        passages: event.passages,
        facts: event.facts ?? [],
        sources: event.parts ?? [],
        lost: false,
      };
    case "answering":
      return {
        ...live,
        standIn: event.instead_of ? { model: event.model, insteadOf: event.instead_of } : null,
        lost: false,
      };
    case "thought":
      return { ...live, thoughts: live.thoughts + event.text, lost: false };
    case "revised":
      return { ...live, text: event.text, lost: false };
    case "notes":
      return { ...live, notes: event.notes };
    case "forgetting":
      return { ...live, forgetting: { messages: event.messages, facts: event.facts } };
    case "delta":
      return {
        ...live,
        text: live.text + event.text,
        state: "replying",
        working: null,
        lost: false,
      };
    case "done":
      return {
        ...live,
        reply: event.message,
        state: event.status === "stopped" ? "stopped" : "done",
        lost: false,
      };
    case "failed":
      return {
        ...live,
        reply: event.message ?? null,
        state: "failed",
        failure: { code: event.code, sentence: event.sentence },
        lost: false,
      };
    default:
      return live; // of a newer Tau
  }
}

/** Return whether the turn has ended. */
export function isOver(live: Live): boolean {
  return live.state === "done" || live.state === "stopped" || live.state === "failed";
}
