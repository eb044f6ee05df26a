import {
  type AppendMessage,
  type AssistantRuntime,
  type ThreadMessageLike,
  useExternalStoreRuntime,
  WebSpeechDictationAdapter,
  WebSpeechSynthesisAdapter,
} from "@assistant-ui/react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { draftName, keepDraft } from "../core/drafts";
import { isPassing } from "../core/errors";
import { newId, post } from "../core/http";
import { isOver, type Live } from "../core/live";
import { hold, outbox } from "../core/outbox";
import { session } from "../core/session";
import { isUnanswered, type Line, linesOf } from "../core/thread";
import type { Conversation } from "../core/types";
import { go } from "./useRoute";
import { useStore } from "./useStore";
import { type Thread, useThread } from "./useThread";
import { useTurns } from "./useTurns";

export interface TalkState {
  runtime: AssistantRuntime;
  thread: Thread;
  lines: readonly Line[];
  live: Live | null;
  isReplying: boolean;
  isUnanswered: boolean;
  failure: unknown;
  retry: (message: string) => void;
}

interface Asked {
  conversation: string | null;
  /** The message to look at. */
  message: string | null;
  isPrivate: boolean;
  /** The turn that the server said is in the making. */
  liveTurn: string | null;
}

/** Return a conversation as the page shows it, and what may be done in it. */
export function useTalk({ conversation, message, isPrivate, liveTurn }: Asked): TalkState {
  const turns = useTurns();
  const thread = useThread(conversation, message);
  const live = useStore(turns.live).get(conversation ?? "") ?? null;
  const held = useStore(outbox);
  const refused = useStore(turns.failures).get(conversation ?? "") ?? null;
  const [failure, setFailure] = useState<unknown>(null);

  useEffect(() => {
    if (conversation && liveTurn) turns.watch(conversation, liveTurn).catch(setFailure);
  }, [turns, conversation, liveTurn]);

  const lines = useMemo(
    () =>
      linesOf({
        messages: thread.window?.messages ?? [],
        live,
        held: held.filter((one) => one.conversation === conversation && !isPrivate),
        recollections: turns.recollections,
        atEnd: !thread.window?.later,
      }),
    [thread.window, live, held, conversation, isPrivate, turns],
  );

  const attempt = useCallback((act: () => Promise<unknown>) => {
    setFailure(null);
    return act().then(() => undefined, setFailure);
  }, []);
  const say = useCallback(
    async (words: string, edits: string | null) => {
      const person = isPrivate ? null : personHere();
      if (thread.window?.later) await thread.toLatest();
      const to = conversation ?? (await begun(words, isPrivate));
      if (to !== null) await turns.say({ conversation: to, words, edits, person });
    },
    [turns, conversation, isPrivate, thread],
  );
  const retry = useCallback(
    (answered: string) => {
      if (conversation) void attempt(() => turns.retry(conversation, answered));
    },
    [turns, conversation, attempt],
  );

  const isReplying = live !== null && !isOver(live);
  const runtime = useExternalStoreRuntime<Line>({
    messages: lines,
    isRunning: isReplying,
    convertMessage: converted,
    onNew: (asked) => attempt(() => say(wordsOf(asked), null)),
    onEdit: (asked) => attempt(() => say(wordsOf(asked), asked.sourceId)),
    onReload: async (parent) => {
      if (parent) retry(parent);
    },
    onCancel: () => attempt(async () => conversation && turns.stop(conversation)),
    adapters: useSpeechAdapters(),
  });
  return {
    runtime,
    thread,
    lines,
    live,
    isReplying,
    isUnanswered: isUnanswered(lines, live),
    failure: failure ?? refused,
    retry,
  };
}

function personHere(): string | null {
  const here = session.get();
  return here.state === "in" ? here.me.id : null;
}

/** Begin the conversation that `words` are the first of; `null` if that has to wait. */
async function begun(words: string, isPrivate: boolean): Promise<string | null> {
  try {
    const { id } = await post<Conversation>("/api/conversations", { private: isPrivate });
    keepDraft(draftName(null, isPrivate), "", isPrivate);
    go({ page: "talk", conversation: id, message: null }, { replace: true });
    return id;
  } catch (error) {
    const person = personHere();
    if (isPrivate || person === null || !isPassing(error)) {
      keepDraft(draftName(null, isPrivate), words, isPrivate);
      throw error;
    }
    hold({ turn: newId(), conversation: null, words, person, at: Date.now() / 1000 });
    return null;
  }
}

function wordsOf(asked: AppendMessage): string {
  return asked.content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

const STATUS: Record<Line["state"], ThreadMessageLike["status"]> = {
  written: { type: "complete", reason: "stop" },
  sending: { type: "complete", reason: "stop" },
  held: { type: "complete", reason: "stop" },
  thinking: { type: "running" },
  replying: { type: "running" },
  stopped: { type: "incomplete", reason: "cancelled" },
  interrupted: { type: "incomplete", reason: "error" },
};

function converted(line: Line): ThreadMessageLike {
  const shared = {
    id: line.id,
    content: [{ type: "text", text: line.text }],
    createdAt: new Date((line.at ?? 0) * 1000),
    metadata: { custom: { line } },
  } satisfies Partial<ThreadMessageLike>;
  if (line.by === "person") return { ...shared, role: "user" };
  return { ...shared, role: "assistant", status: STATUS[line.state] };
}

/** What the browser offers for the ear and the voice; nothing where it offers nothing. */
function useSpeechAdapters() {
  return useMemo(() => {
    const canSpeak = "speechSynthesis" in globalThis && speechSynthesis !== undefined;
    return {
      ...(canSpeak ? { speech: new WebSpeechSynthesisAdapter() } : {}),
      ...(WebSpeechDictationAdapter.isSupported()
        ? { dictation: new WebSpeechDictationAdapter({ language: document.documentElement.lang }) }
        : {}),
    };
  }, []);
}
