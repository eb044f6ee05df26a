import { useEffect, useState } from "react";
import { sentenceOf } from "../core/errors";
import { tell } from "../core/toast";
import type { Conversation } from "../core/types";
import { useConversationActs } from "../hooks/useConversations";
import { go } from "../hooks/useRoute";
import { useStrings } from "../hooks/useStrings";
import { EraseDialog, RenameDialog } from "./ConversationDialogs";
import { Icon } from "./Icon";
import { Menu, type MenuItem } from "./Menu";

interface Props {
  conversation: Conversation | null;
  isPrivate: boolean;
}

/** The title of the conversation, and what may be done with it. */
export function TalkTop({ conversation, isPrivate }: Props) {
  const say = useStrings();
  const title = conversation?.title ?? (isPrivate ? say.shell.privateTitle : say.shell.untitled);
  useEffect(() => {
    document.title = conversation ? `${title} · ${say.shell.product}` : say.shell.product;
  }, [conversation, title, say]);
  return (
    <header className="flex min-h-14 items-center gap-2 py-1.5 ps-14 pe-3 md:ps-6">
      {isPrivate && (
        <span className="flex items-center gap-1.5 rounded-full border border-dashed border-accent px-2.5 py-0.5 text-sm text-accent">
          <Icon name="lock" className="size-3.5" />
          {say.talk.privateMark}
        </span>
      )}
      <h1 dir="auto" className="min-w-0 flex-1 truncate text-soft">
        {title}
      </h1>
      {conversation && <ConversationMenu conversation={conversation} />}
    </header>
  );
}

function ConversationMenu({ conversation }: { conversation: Conversation }) {
  const say = useStrings();
  const acts = useConversationActs();
  const [asking, setAsking] = useState<"rename" | "erase" | null>(null);
  const archive = () =>
    acts
      .archive(conversation.id, !conversation.archived)
      .catch((error) => tell(sentenceOf(error, say), { failure: true }));
  const items: MenuItem[] = conversation.private
    ? [{ label: say.talk.endPrivate, icon: "trash", danger: true, act: () => setAsking("erase") }]
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
        <EraseDialog
          conversation={conversation}
          onClose={close}
          onErased={() => go({ page: "new", private: false }, { replace: true })}
        />
      )}
    </>
  );
}
