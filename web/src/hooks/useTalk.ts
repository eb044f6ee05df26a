import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { CARE } from "../core/experts";
import { newId, part, post } from "../core/http";
import { hiddenBy, isUnanswered } from "../core/lines";
import { isOver, type Live } from "../core/live";
import { outbox } from "../core/outbox";
import { type Line, linesOf } from "../core/thread";
import type { Attachment } from "../core/types";
import { begun, begunInCare, personHere } from "./useBeginning";
import { useStore } from "./useStore";
import { type Thread, useThread } from "./useThread";
import { useTurns } from "./useTurns";

/** The actions in a conversation; the functions stay the same while it's shown. */
export interface TalkActs {
  say: (words: string, files: readonly Attachment[]) => void;
  /** Replace the message `edits` with another one. */
  edit: (words: string, edits: string) => void;
  /** Request another reply to the person's message. */
  retry: (message: string, expert?: string) => void;
  stop: () => void;
  /** Show the version of the conversation that a message is in. */
  show: (message: string) => Promise<void>;
  /** Return how many loaded messages an edit of this one hides, and whether there are more. */
  hiddenBy: (message: string) => { count: number; andMore: boolean };
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
  /** The message to show. */
  message: string | null;
  isPrivate: boolean;
  /** The turn that is in progress according to the server. */
  liveTurn: string | null;
  /** For a talk in the care space: shows a conversation that was begun, in no address. */
  care?: ((conversation: string) => void) | null;
  /** The specialist that was chosen to reply, if one was. */
  expert?: string | null;
  /** The artifact that is open beside the talk. */
  artifact?: string | null;
}

/** Return the state of a conversation and its actions. */
export function useTalk(asked: Asked): TalkState {
  const {
    conversation,
    message,
    isPrivate,
    liveTurn,
    care = null,
    expert = null,
    artifact = null,
  } = asked;
  const turns = useTurns();
  const thread = useThread(conversation, message);
  const live = useStore(turns.live).get(conversation ?? "") ?? null;
  const held = useStore(outbox);
  const refused = useStore(turns.failures).get(conversation ?? "") ?? null;
  const [failure, setFailure] = useState<unknown>(null);
  const [isBeginning, setBeginning] = useState(false);
  const person = personHere();

  useEffect(() => {
    if (conversation && liveTurn) turns.watch(conversation, liveTurn).catch(setFailure);
  }, [turns, conversation, liveTurn]);

  const lines = useMemo(
    () =>
      linesOf({
        messages: thread.window?.messages ?? [],
        live,
        held: held.filter((one) => one.conversation === conversation && one.person === person),
        recollections: turns.recollections,
        atEnd: !thread.window?.later,
      }),
    [thread.window, live, held, conversation, person, turns],
  );
  const shown = useRef(lines);
  useEffect(() => {
    shown.current = lines;
  }, [lines]);
  const acting = { conversation, isPrivate, care, expert, artifact, thread, shown };
  const acts = useActs({ ...acting, setFailure, setBeginning });
  return {
    acts,
    thread,
    lines,
    live,
    isReplying: isBeginning || (live !== null && !isOver(live)),
    isUnanswered: isUnanswered(lines, live),
    failure: failure ?? refused,
  };
}

interface Acting {
  conversation: string | null;
  isPrivate: boolean;
  care: ((conversation: string) => void) | null;
  expert: string | null;
  artifact: string | null;
  thread: Thread;
  /** The lines as they are now. */
  shown: RefObject<readonly Line[]>;
  setFailure: (error: unknown) => void;
  setBeginning: (isBeginning: boolean) => void;
}

function useActs(acting: Acting): TalkActs {
  const { conversation, isPrivate, care, artifact, shown, setFailure, setBeginning } = acting;
  const expert = care ? CARE : acting.expert;
  const turns = useTurns();
  const { toLatest, isAtEnd, toMessage } = acting.thread;
  const attempt = useCallback(
    (act: () => Promise<unknown>) => {
      setFailure(null);
      act().catch(setFailure);
    },
    [setFailure],
  );
  const speak = useCallback(
    (words: string, files: readonly Attachment[], edits: string | null) =>
      attempt(async () => {
        const turn = newId();
        const person = isPrivate || care ? null : personHere();
        let to = conversation;
        if (to === null) {
          setBeginning(true);
          const first = { turn, words, files, person, expert };
          to = await (care ? begunInCare(first, care) : begun(first)).finally(() =>
            setBeginning(false),
          );
        }
        if (to === null) return;
        const saying = { conversation: to, words, files, edits, turn, person, expert, artifact };
        const over = turns.say(saying);
        if (!isAtEnd()) await toLatest().catch(() => undefined); // the message is being sent
        await over;
      }),
    [
      turns,
      conversation,
      isPrivate,
      care,
      expert,
      artifact,
      attempt,
      toLatest,
      isAtEnd,
      setBeginning,
    ],
  );
  return useMemo(
    () => ({
      say: (words, files) => speak(words, files, null),
      edit: (words, edits) => speak(words, filesOf(shown.current, edits), edits),
      retry: (message, expert) =>
        attempt(async () => conversation && turns.retry(conversation, message, expert)),
      stop: () => attempt(async () => conversation && turns.stop(conversation)),
      show: async (message) => {
        setFailure(null);
        try {
          await post(`/api/messages/${part(message)}/show`);
          if (conversation) turns.dismiss(conversation);
          await toMessage(message);
        } catch (error) {
          setFailure(error);
        }
      },
      hiddenBy: (message) => ({
        count: hiddenBy(shown.current, message),
        andMore: !isAtEnd(),
      }),
    }),
    [speak, attempt, turns, conversation, shown, setFailure, toMessage, isAtEnd],
  );
}

/** The files of a message, which its changed words keep. */
function filesOf(lines: readonly Line[], message: string): readonly Attachment[] {
  return lines.find((line) => line.id === message)?.attachments ?? [];
}
