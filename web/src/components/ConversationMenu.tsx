import { useState } from "react";
import { sentenceOf } from "../core/errors";
import { showToast } from "../core/toast";
import type { Conversation } from "../core/types";
import { useConversationActs } from "../hooks/useConversations";
import { type Speech, useSpeech } from "../hooks/useStrings";
import { EraseDialog, RenameDialog } from "./ConversationDialogs";
import { Menu, type MenuItem } from "./Menu";

interface Props {
  conversation: Conversation;
  onErased: () => void;
}

/** The menu of a conversation: rename, archive, erase. A private one can only be ended. */
export function ConversationMenu({ conversation, onErased }: Props) {
  const speech = useSpeech();
  const { say } = speech;
  const acts = useConversationActs();
  const [asking, setAsking] = useState<"rename" | "erase" | null>(null);
  const archive = () => archiveWith(acts.archive, conversation, speech);
  const items: MenuItem[] = conversation.private
    ? [{ label: say.talk.endPrivate, icon: "trash", danger: true, act: onErased }]
    : [
        { label: say.talk.rename, icon: "edit", act: () => setAsking("rename") },
        {
          label: conversation.archived ? say.talk.unarchive : say.talk.archive,
          icon: "archive",
          act: archive,
        },
        { label: say.talk.erase, icon: "trash", danger: true, act: () => setAsking("erase") },
      ];
  const close = () => setAsking(null);
  return (
    <>
      <Menu label={say.talk.conversationMenu} items={items} />
      {asking === "rename" && <RenameDialog conversation={conversation} onClose={close} />}
      {asking === "erase" && (
        <EraseDialog conversation={conversation} onClose={close} onErased={onErased} />
      )}
    </>
  );
}

/** Archive or unarchive it, and offer to undo that. */
function archiveWith(
  archive: (id: string, archived: boolean) => Promise<void>,
  { id, archived }: Conversation,
  { say }: Speech,
): void {
  const fail = (error: unknown) => showToast(sentenceOf(error, say), { failure: true });
  const undo = () => void archive(id, archived).catch(fail);
  archive(id, !archived).then(
    () =>
      showToast(archived ? say.past.unarchived : say.past.archived, {
        action: { label: say.shell.undo, act: undo },
      }),
    fail,
  );
}
