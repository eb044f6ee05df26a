/** Conversations that begin with their first message. */

import { giveFilesBack } from "../core/attachments";
import { CARE_DRAFT, draftName, giveBack, moveDraft } from "../core/drafts";
import { isPassing, isSignedOut } from "../core/errors";
import { post } from "../core/http";
import { holdWhileSending, letWait, release } from "../core/outbox";
import { privateTalk, showPrivate } from "../core/private";
import { session, sessionEnded } from "../core/session";
import type { Attachment, Conversation } from "../core/types";
import { go } from "./useRoute";

/** Return the id of the person who is signed in. */
export function personHere(): string | null {
  const here = session.get();
  return here.state === "in" ? here.me.id : null;
}

/** Start a conversation in the care space; nothing of it waits on this device. */
export async function begunInCare(
  { words, files }: First,
  show: (id: string) => void,
): Promise<string> {
  try {
    const { id } = await post<Conversation>("/api/conversations", { private: false });
    moveDraft(CARE_DRAFT, id, true);
    show(id);
    return id;
  } catch (error) {
    giveBack(CARE_DRAFT, words, true);
    giveFilesBack(CARE_DRAFT, files);
    throw error;
  }
}

interface First {
  turn: string;
  words: string;
  files: readonly Attachment[];
  /** The person; `null` for private messages, which never wait. */
  person: string | null;
  expert: string | null;
}

/** Start a conversation for its first message; `null` if that has to wait, or its page was left. */
export async function begun({ turn, words, files, person, expert }: First): Promise<string | null> {
  const isPrivate = person === null;
  const page = privateTalk.get();
  const waits =
    person === null ? null : { turn, conversation: null, words, files, person, expert, at: at() };
  if (waits) holdWhileSending(waits);
  try {
    const { id } = await post<Conversation>("/api/conversations", { private: isPrivate });
    if (waits) holdWhileSending({ ...waits, conversation: id });
    if (isPrivate && !showPrivate(page, id)) return null;
    moveDraft(draftName(null, isPrivate), id, isPrivate);
    if (isPrivate) return id;
    go({ page: "talk", conversation: id, message: null }, { replace: true });
    return id;
  } catch (error) {
    if (waits && (isPassing(error) || isSignedOut(error))) {
      letWait(turn);
      if (isSignedOut(error)) sessionEnded();
      return null;
    }
    release(turn);
    if (isPrivate && privateTalk.get() !== page) return null;
    giveBack(draftName(null, isPrivate), words, isPrivate);
    giveFilesBack(draftName(null, isPrivate), files);
    throw error;
  }
}

const at = () => Date.now() / 1000;
