import { sentenceOf } from "../../core/errors";
import { type Month, momentIn } from "../../core/history";
import {
  headingOf,
  type ConversationList as List,
  useConversationList,
  useMonthJump,
} from "../../hooks/useHistory";
import { useNearEdge } from "../../hooks/useNearEdge";
import { useSpeech, useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Notice } from "../Notice";
import { Empty, Waiting } from "../Page";
import { ConversationRow } from "./ConversationRow";
import { MonthPicker } from "./MonthPicker";

/** All conversations by month, loaded while scrolling. */
export function ConversationList({ archived }: { archived: boolean }) {
  const { say, dates } = useSpeech();
  const list = useConversationList(archived);
  const [wanted, jump] = useMonthJump(list);
  if (list.isPending) return <Waiting />;
  return (
    <div className="grid gap-5">
      {list.isEmpty && <Empty>{archived ? say.past.emptyArchive : say.past.empty}</Empty>}
      {!list.isEmpty && <MonthPicker list={list} onPick={jump} isBusy={wanted !== null} />}
      {wanted && (
        <p role="status" className="text-sm text-soft">
          {say.past.jumping(dates.month(momentIn(wanted)))}
        </p>
      )}
      {list.months.map((month) => (
        <MonthOf key={month.key} month={month} />
      ))}
      <More list={list} archived={archived} />
    </div>
  );
}

function MonthOf({ month }: { month: Month }) {
  const { dates } = useSpeech();
  return (
    <section aria-labelledby={headingOf(month.key)}>
      <h2
        id={headingOf(month.key)}
        tabIndex={-1}
        className="sticky top-0 z-1 -mx-3 scroll-mt-4 bg-paper/95 px-3 py-2 font-serif text-lg text-soft outline-none"
      >
        {dates.month(momentIn(month.key))}
      </h2>
      <ul className="-mx-3 grid">
        {month.conversations.map((one) => (
          <ConversationRow key={one.id} conversation={one} />
        ))}
      </ul>
    </section>
  );
}

/** Loads more when it's scrolled near, or when its button is pressed. */
function More({ list, archived }: { list: List; archived: boolean }) {
  const say = useStrings();
  const edge = useNearEdge(list.fetchMore, list.last);
  if (list.error) {
    return (
      <div className="grid justify-items-start gap-3">
        <Notice failure>{sentenceOf(list.error, say)}</Notice>
        <Button icon="again" onClick={list.again}>
          {say.shell.retry}
        </Button>
      </div>
    );
  }
  if (list.isEmpty || (list.isComplete && archived)) return null;
  if (list.isComplete) return <p className="py-4 text-center text-sm text-soft">{say.past.end}</p>;
  return (
    <div ref={edge} className="grid justify-items-center py-2">
      <Button disabled={list.isFetchingMore} onClick={list.fetchMore}>
        {list.isFetchingMore ? say.past.reading : say.shell.loadMore}
      </Button>
    </div>
  );
}
