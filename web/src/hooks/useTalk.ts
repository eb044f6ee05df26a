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

/** What a person may do in a conversation; the same functions for as long as it is shown. */
export interface TalkActs {
  say: (words: string) => void;
  /** Say something else in place of the message `edits`. */
  edit: (words: string, edits: string) => void;
  /** Ask for another reply to the person's message. */
  retry: (message: string) => void;
  stop: () => void;
}

export interface TalkState {
  acts: TalkActs;
  thread: Thread;
  lines: readonly Line[];
  live: Live | null;
  isReplying: boolean;
  isUnanswered: boolean;
  failure: unknown;
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
  const acts = useActs(conversation, isPrivate, thread, setFailure);
  return {
    acts,
    thread,
    lines,
    live,
    isReplying: live !== null && !isOver(live),
    isUnanswered: isUnanswered(lines, live),
    failure: failure ?? refused,
  };
}

function useActs(
  conversation: string | null,
  isPrivate: boolean,
  thread: Thread,
  setFailure: (error: unknown) => void,
): TalkActs {
  const turns = useTurns();
  const { toLatest, isAtEnd } = thread;
  const attempt = useCallback(
    (act: () => Promise<unknown>) => {
      setFailure(null);
      act().catch(setFailure);
    },
    [setFailure],
  );
  const speak = useCallback(
    (words: string, edits: string | null) =>
      attempt(async () => {
        if (!isAtEnd()) await toLatest();
        const to = conversation ?? (await begun(words, isPrivate));
        const person = isPrivate ? null : personHere();
        if (to !== null) await turns.say({ conversation: to, words, edits, person });
      }),
    [turns, conversation, isPrivate, attempt, toLatest, isAtEnd],
  );
  return useMemo(
    () => ({
      say: (words) => speak(words, null),
      edit: (words, edits) => speak(words, edits),
      retry: (message) => attempt(async () => conversation && turns.retry(conversation, message)),
      stop: () => attempt(async () => conversation && turns.stop(conversation)),
    }),
    [speak, attempt, turns, conversation],
  );
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
