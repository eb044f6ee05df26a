import { isoTime } from "../../core/dates";
import { plain } from "../../core/markdown";
import { showToast } from "../../core/toast";
import type { Conversation } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";
import { ConversationMenu } from "../ConversationMenu";
import { Link } from "../Link";
import { ROW } from "./rows";

/** A row of the history: a conversation's title, date, length and menu. */
export function ConversationRow({ conversation: one }: { conversation: Conversation }) {
  const { say, dates } = useSpeech();
  const title = plain(one.title ?? say.past.unnamed);
  return (
    <li className="flex items-center gap-1 rounded-xl hover:bg-wash">
      <Link
        to={{ page: "talk", conversation: one.id, message: null }}
        className="grid min-w-0 flex-1 rounded-xl px-3 py-2.5"
        {...ROW}
      >
        <span dir="auto" className="truncate text-[1.06rem] text-left rtl:text-right">
          {title}
        </span>
        <span className="flex min-w-0 items-center gap-1.5 text-sm text-soft">
          <time dateTime={isoTime(one.updated_at)} title={dates.moment(one.updated_at)}>
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
      <div className="pe-1">
        <ConversationMenu conversation={one} onErased={() => showToast(say.past.erased)} />
      </div>
    </li>
  );
}
