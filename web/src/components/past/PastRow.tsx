import { useState } from "react";
import { sentenceOf } from "../../core/errors";
import { tell } from "../../core/toast";
import type { Conversation } from "../../core/types";
import { useConversationActs } from "../../hooks/useConversations";
import { type Speech, useSpeech } from "../../hooks/useStrings";
import { EraseDialog, RenameDialog } from "../ConversationDialogs";
import { Icon } from "../Icon";
import { Link } from "../Link";
import { Menu, type MenuItem } from "../Menu";
import { ROW } from "./rows";

/** One conversation: its name, when it was, how long it is, and what may be done with it. */
export function PastRow({ conversation: one }: { conversation: Conversation }) {
  const { say, dates } = useSpeech();
  const title = one.title ?? (one.private ? say.shell.privateTitle : say.past.unnamed);
  return (
    <li className="flex items-center gap-1 rounded-xl hover:bg-wash">
      <Link
        to={{ page: "talk", conversation: one.id, message: null }}
        className="grid min-w-0 flex-1 rounded-xl px-3 py-2.5"
        {...ROW}
      >
        <span
          dir="auto"
          className={`truncate text-[1.06rem] text-left rtl:text-right ${one.private ? "italic" : ""}`}
        >
          {title}
        </span>
        <span className="flex min-w-0 items-center gap-1.5 text-sm text-soft">
          {one.private && <Icon name="lock" className="size-3.5" />}
          <time
            dateTime={new Date(one.updated_at * 1000).toISOString()}
            title={dates.moment(one.updated_at)}
          >
            {dates.when(one.updated_at)}
          </time>
          <span aria-hidden="true">·</span>
          {say.past.messages(dates.number(one.count), one.count === 1)}
          {one.live_turn && (
            <span
              role="img"
              aria-label={say.past.replying}
              className="breathe ms-1 size-2 rounded-full bg-accent"
            />
          )}
        </span>
      </Link>
      <RowMenu conversation={one} />
    </li>
  );
}

function RowMenu({ conversation }: { conversation: Conversation }) {
  const speech = useSpeech();
  const { say } = speech;
  const acts = useConversationActs();
  const [asking, setAsking] = useState<"rename" | "erase" | null>(null);
  const close = () => setAsking(null);
  const archive = () => archiveWith(acts.archive, conversation, speech);
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
  return (
    <div className="pe-1">
      <Menu label={say.talk.conversationMenu} items={items} />
      {asking === "rename" && <RenameDialog conversation={conversation} onClose={close} />}
      {asking === "erase" && (
        <EraseDialog
          conversation={conversation}
          onClose={close}
          onErased={() => tell(say.past.erased)}
        />
      )}
    </div>
  );
}

/** Puts it into the archive or takes it out, and offers to undo that. */
function archiveWith(
  archive: (id: string, archived: boolean) => Promise<void>,
  { id, archived }: Conversation,
  { say }: Speech,
): void {
  const fail = (error: unknown) => tell(sentenceOf(error, say), { failure: true });
  const undo = () => void archive(id, archived).catch(fail);
  archive(id, !archived).then(
    () =>
      tell(archived ? say.past.unarchived : say.past.archived, {
        action: { label: say.shell.undo, act: undo },
      }),
    fail,
  );
}
