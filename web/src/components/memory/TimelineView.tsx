import { Fragment, useState } from "react";
import { isoTime } from "../../core/dates";
import { plain } from "../../core/markdown";
import { byMonth, isAhead, kindOf, type Month, type Topic } from "../../core/memory";
import type { Moment } from "../../core/types";
import { useTimeline } from "../../hooks/useMemory";
import { useSpeech, useStrings } from "../../hooks/useStrings";
import { LoadMore, QueryResult } from "../QueryResult";
import { FactLink } from "./FactRow";
import { TopicSelect } from "./TopicSelect";

/** The timeline: what started, ended and is planned, by month, newest first. */
export function TimelineView() {
  const say = useStrings();
  const [topic, setTopic] = useState<Topic | null>(null);
  const timeline = useTimeline(topic);
  const now = Date.now() / 1000;
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <p className="min-w-52 flex-1 text-soft">{say.memory.timelineAbout}</p>
        <TopicSelect topic={topic} onChange={setTopic} className="w-full sm:w-56" />
      </div>
      <div className="grid gap-8" aria-busy={timeline.isFetching}>
        <QueryResult
          query={timeline}
          isEmpty={(moments) => moments.length === 0}
          empty={say.memory.timelineEmpty}
        >
          {(moments) =>
            byMonth(moments, now).map((month, place, months) => (
              <Fragment key={month.key}>
                {!month.ahead && months[place - 1]?.ahead && <Today />}
                <MonthSection month={month} now={now} />
              </Fragment>
            ))
          }
        </QueryResult>
        <LoadMore {...timeline} />
      </div>
    </>
  );
}

function Today() {
  const { say, dates } = useSpeech();
  return (
    <p className="flex items-center gap-3 text-sm text-accent">
      {say.memory.todayIs(dates.day(Date.now() / 1000))}
      <span aria-hidden="true" className="h-px flex-1 bg-accent opacity-50" />
    </p>
  );
}

function MonthSection({ month, now }: { month: Month; now: number }) {
  const { say, dates } = useSpeech();
  return (
    <section className="grid gap-3">
      <h2 className="flex flex-wrap items-center gap-2 font-serif text-xl">
        {dates.month(month.at)}
        {month.ahead && (
          <span className="rounded-full border border-dashed border-accent px-2.5 font-sans text-sm text-accent">
            {say.memory.ahead}
          </span>
        )}
      </h2>
      <ol className="grid">
        {month.moments.map((moment) => (
          <MomentItem key={`${moment.fact.id} ${moment.what}`} moment={moment} now={now} />
        ))}
      </ol>
    </section>
  );
}

const DOTS = {
  planned: "border-dashed border-accent bg-paper",
  was: "border-soft bg-paper",
  began: "border-accent bg-accent",
  said: "border-soft bg-soft",
  ended: "border-soft bg-paper",
} as const;

function MomentItem({ moment, now }: { moment: Moment; now: number }) {
  const { say, dates } = useSpeech();
  const kind = kindOf(moment, now);
  const { fact, at } = moment;
  return (
    <li className="relative pb-5 ps-7 before:absolute before:start-[0.31rem] before:top-3 before:-bottom-3 before:w-px before:bg-line last:pb-0 last:before:hidden">
      <span
        aria-hidden="true"
        className={`absolute start-0 top-2 size-3 rounded-full border-2 ${DOTS[kind]}`}
      />
      <FactLink fact={fact}>
        <span dir="auto" className={`wrap-anywhere ${kind === "ended" ? "text-soft" : ""}`}>
          {plain(fact.text)}
        </span>
      </FactLink>
      <p className={`text-sm ${isAhead(moment, now) ? "text-accent" : "text-soft"}`}>
        {say.memory.kinds[kind]} · <time dateTime={isoTime(at)}>{dates.day(at, now)}</time>
      </p>
    </li>
  );
}
