import { useState } from "react";
import { isoTime } from "../core/dates";
import { plain } from "../core/markdown";
import type { Line, Recalled as Passage } from "../core/thread";
import { useSpeech } from "../hooks/useStrings";
import { FactActions } from "./FactActions";
import { Icon } from "./Icon";
import { SideLink } from "./SideLink";

const SHOWN_AT_FIRST = 5;
const SMALL = "inline-flex min-h-8 items-center gap-1 rounded-lg px-2 hover:bg-wash hover:text-ink";

/** What Tau remembered for a reply, with dates, links to the sources and actions. */
export function Recalled({ line }: { line: Line }) {
  const { say } = useSpeech();
  const [open, setOpen] = useState(false);
  const count = line.recalled.length + line.facts.length;
  if (!count) return null;
  return (
    <details
      className="mt-3 text-sm text-soft"
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="w-fit rounded-md border-b border-dotted border-soft marker:content-none [&::-webkit-details-marker]:hidden">
        {say.talk.recalled(count)}
      </summary>
      {open && <Passages line={line} />}
    </details>
  );
}

function Passages({ line }: { line: Line }) {
  const { say } = useSpeech();
  const [all, setAll] = useState(false);
  const passages = all ? line.recalled : line.recalled.slice(0, SHOWN_AT_FIRST);
  const rest = line.recalled.length - passages.length;
  return (
    <>
      <ul className="mt-3 grid gap-4 border-s-2 border-line">
        {passages.map((passage) => (
          <PassageItem key={passage.message} passage={passage} />
        ))}
        {line.facts.map((fact) => (
          <li key={fact.id} className="ps-4">
            <p dir="auto" className="font-serif text-base text-ink">
              {plain(fact.text)}
            </p>
            <div className="flex flex-wrap items-center">
              <span className="pe-1">{say.talk.known}</span>
              <SideLink
                to={{ page: "memory", view: "facts", fact: fact.id }}
                className={`${SMALL} text-accent`}
              >
                {say.talk.goToSource}
                <Icon name="right" className="size-3.5 rtl:rotate-180" />
              </SideLink>
              <FactActions subject={{ fact: fact.id, text: fact.text }} />
            </div>
          </li>
        ))}
      </ul>
      <SideLink
        to={{ page: "memory", view: "portrait", fact: null }}
        className={`${SMALL} mt-2 -ms-2`}
      >
        {say.talk.always}
        <Icon name="right" className="size-3.5 rtl:rotate-180" />
      </SideLink>
      {rest > 0 && (
        <button type="button" className={`${SMALL} mt-2 text-accent`} onClick={() => setAll(true)}>
          {say.talk.recalledMore(rest)}
        </button>
      )}
    </>
  );
}

function PassageItem({ passage }: { passage: Passage }) {
  const { say, dates } = useSpeech();
  const who = plain(passage.speaker ?? (passage.by === "tau" ? say.talk.tau : say.talk.you));
  const reasons = passage.reasons?.map(say.talk.reason).join(", ");
  return (
    <li className="ps-4">
      <blockquote
        dir="auto"
        className="line-clamp-5 font-serif text-base wrap-anywhere whitespace-pre-line text-ink"
      >
        {plain(passage.text)}
      </blockquote>
      <p>
        <span dir="auto">{who}</span>,{" "}
        <time dateTime={isoTime(passage.at)}>{dates.day(passage.at)}</time>
        {reasons && ` · ${reasons}`}
      </p>
      <div className="-ms-2 flex flex-wrap items-center">
        <SideLink
          to={{ page: "talk", conversation: passage.conversation, message: passage.message }}
          className={`${SMALL} text-accent`}
        >
          {say.talk.goToSource}
          <Icon name="right" className="size-3.5 rtl:rotate-180" />
        </SideLink>
        <FactActions subject={{ message: passage.message, text: passage.text }} />
      </div>
    </li>
  );
}
