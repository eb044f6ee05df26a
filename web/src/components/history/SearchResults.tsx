import { useState } from "react";
import { isoTime } from "../../core/dates";
import { sentenceOf } from "../../core/errors";
import { excerptOf, FOUND_AT_FIRST, MOST_FOUND, matchedWords } from "../../core/history";
import { plain } from "../../core/markdown";
import type { Passage } from "../../core/types";
import { useConversation } from "../../hooks/useConversations";
import { useSearch } from "../../hooks/useHistory";
import { useSpeech, useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Link } from "../Link";
import { Notice } from "../Notice";
import { Empty, Waiting } from "../Page";
import { FoundFiles } from "./FoundFiles";
import { ROW } from "./rows";

/** The search results, best first. */
export function SearchResults({ words }: { words: string }) {
  const say = useStrings();
  const [wordsOfMore, setWordsOfMore] = useState("");
  const limit = wordsOfMore === words ? MOST_FOUND : FOUND_AT_FIRST;
  const { data: found, error, isFetching, refetch } = useSearch(words, limit);
  if (error) {
    return (
      <div className="grid justify-items-start gap-3">
        <Notice failure>{sentenceOf(error, say)}</Notice>
        <Button icon="again" onClick={() => void refetch()}>
          {say.shell.retry}
        </Button>
      </div>
    );
  }
  if (!found) return <Waiting />;
  const { passages, parts = [] } = found;
  const count = passages.length + parts.length;
  return (
    <section aria-busy={isFetching} className="grid gap-1">
      <p role="status" className={count ? "px-1 text-sm text-soft" : "sr-only"}>
        {count ? say.past.found(count) : say.past.foundNothing}
      </p>
      {count === 0 && (
        <Empty>
          {say.past.foundNothing}
          <span className="mt-1 block font-sans text-base">{say.past.foundNothingHint}</span>
        </Empty>
      )}
      <FoundFiles parts={parts} />
      <ul className="-mx-3 grid">
        {passages.map((passage) => (
          <PassageRow key={passage.message.id} passage={passage} />
        ))}
      </ul>
      {passages.length === limit && limit < MOST_FOUND && (
        <Button
          className="justify-self-center"
          disabled={isFetching}
          onClick={() => setWordsOfMore(words)}
        >
          {say.past.foundMore}
        </Button>
      )}
    </section>
  );
}

/** A result: speaker, date, conversation, an excerpt, and the reasons. */
function PassageRow({ passage }: { passage: Passage }) {
  const { say, dates } = useSpeech();
  const { message, reasons } = passage;
  const { data: conversation } = useConversation(message.conversation);
  const who = plain(message.speaker ?? say.past.by[message.by]);
  return (
    <li className="border-line not-last:border-b">
      <Link
        to={{ page: "talk", conversation: message.conversation, message: message.id }}
        className="grid gap-1 rounded-xl px-3 py-3.5 hover:bg-wash"
        {...ROW}
      >
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-2 text-sm text-soft">
          <span dir="auto" className="font-medium text-ink">
            {who}
          </span>
          <time dateTime={isoTime(message.at)} title={dates.moment(message.at)}>
            {dates.day(message.at)}
          </time>
          <span dir="auto" className="min-w-0 flex-1 truncate text-end">
            {conversation && plain(conversation.title ?? say.past.unnamed)}
          </span>
        </span>
        <Excerpt text={message.text} reasons={reasons} />
        <Reasons reasons={reasons} />
      </Link>
    </li>
  );
}

function Excerpt({ text, reasons }: { text: string; reasons: readonly string[] }) {
  let at = 0;
  return (
    <span dir="auto" className="font-serif text-[1.12rem] leading-relaxed wrap-anywhere">
      {excerptOf(text, matchedWords(reasons)).map((piece) => {
        at += piece.text.length;
        return piece.found ? (
          <mark key={at} className="rounded-sm bg-accent/18 font-medium text-ink">
            {piece.text}
          </mark>
        ) : (
          <span key={at}>{piece.text}</span>
        );
      })}
    </span>
  );
}

function Reasons({ reasons }: { reasons: readonly string[] }) {
  const say = useStrings();
  return (
    <span className="flex min-w-0 flex-wrap gap-1.5 pt-0.5 text-xs text-soft">
      <span className="sr-only">{say.past.why}: </span>
      {reasons.map((reason) => (
        <span
          key={reason}
          dir="auto"
          className="max-w-full truncate rounded-full bg-wash px-2 py-0.5"
        >
          {say.talk.reason(reason)}
        </span>
      ))}
    </span>
  );
}
