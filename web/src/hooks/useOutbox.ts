import { useEffect, useRef } from "react";
import { draftName, draftOf } from "../core/drafts";
import { sentenceOf } from "../core/errors";
import { part, post } from "../core/http";
import { isOver } from "../core/live";
import { plain } from "../core/markdown";
import { flush, type Held, isUnderWay, outbox, readdress, type Sender } from "../core/outbox";
import { reachable, session } from "../core/session";
import type { Strings } from "../core/strings";
import { showToast } from "../core/toast";
import type { Turns } from "../core/turns";
import type { Conversation } from "../core/types";
import { go } from "./useRoute";
import { useStore } from "./useStore";
import { useStrings } from "./useStrings";
import { useTurns } from "./useTurns";

const TRY_AGAIN_MS = 15_000;
const MOST_WORDS_SHOWN = 40;

/** Sends waiting messages as soon as Tau is reachable, and opens their conversation. */
export function useOutbox(): void {
  const say = useStrings();
  const turns = useTurns();
  const here = useStore(session);
  const isThere = useStore(reachable);
  const held = useStore(outbox);
  const person = here.state === "in" && !here.offline ? here.me.id : null;
  const isWaiting = held.some((one) => one.person === person);
  useEffect(() => {
    if (person === null || !isThere || !isWaiting) return;
    const sending = new AbortController();
    let isBusy = false;
    const attempt = async () => {
      if (isBusy) return;
      isBusy = true;
      // A message that fails is kept and tried again.
      await flush(person, senderOf(turns, say), sending.signal).catch(() => undefined);
      isBusy = false;
    };
    void attempt();
    const timer = setInterval(() => void attempt(), TRY_AGAIN_MS);
    const ignore = outbox.subscribe(() => void attempt());
    return () => {
      sending.abort();
      clearInterval(timer);
      ignore();
    };
  }, [person, isThere, isWaiting, turns, say]);
  useFollowed(held, say);
}

function senderOf(turns: Turns, say: Strings): Sender {
  return {
    begin: async () => (await post<Conversation>("/api/conversations")).id,
    say: ({ conversation, words, turn, files = [], expert, artifact }) =>
      post(`/api/conversations/${part(conversation)}/turns`, {
        words,
        turn,
        attachments: files.map((file) => file.id),
        ...(expert && { expert }),
        ...(artifact && { artifact }),
      }),
    answered: async ({ conversation, turn }) => {
      await turns.watch(conversation, turn).catch(() => undefined);
      await over(turns, conversation, turn);
    },
    refused: ({ conversation, words }, error) =>
      showToast(say.offline.refused(shortened(words), sentenceOf(error, say)), {
        failure: true,
        action: { label: say.offline.elsewhere, act: () => readdress(conversation) },
      }),
  };
}

function shortened(words: string): string {
  const line = plain(words).replaceAll(/\s+/g, " ");
  return line.length > MOST_WORDS_SHOWN ? `${line.slice(0, MOST_WORDS_SHOWN)}…` : line;
}

/** Resolves when a watched turn ends. */
function over(turns: Turns, conversation: string, turn: string): Promise<void> {
  return new Promise((resolve) => {
    let stop: (() => void) | null = null;
    const look = () => {
      const live = turns.of(conversation);
      if (live && live.turn === turn && !isOver(live)) return;
      stop?.();
      resolve();
    };
    stop = turns.live.subscribe(look);
    look();
  });
}

/** Open the new conversation of a waiting message if it's still on the screen. */
function useFollowed(held: readonly Held[], say: Strings): void {
  const homeless = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const begun = held.find((one) => one.conversation !== null && homeless.current.has(one.turn));
    homeless.current = new Set(
      held.filter((one) => one.conversation === null && !isUnderWay(one)).map((one) => one.turn),
    );
    if (!begun?.conversation) return;
    const to = { page: "talk", conversation: begun.conversation, message: null } as const;
    if (location.pathname === "/" && !draftOf(draftName(null, false))) go(to, { replace: true });
    else showToast(say.offline.sent, { action: { label: say.offline.show, act: () => go(to) } });
  }, [held, say]);
}
