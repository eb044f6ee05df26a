import { useState } from "react";
import { plain } from "../../core/markdown";
import { lineParts } from "../../core/memory";
import type { ProfileLine } from "../../core/types";
import { useFact } from "../../hooks/useMemory";
import { useSpeech, useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Icon } from "../Icon";
import { QueryResult } from "../QueryResult";
import { FactLink, FactMenu } from "./FactRow";
import { Origin } from "./Sources";

const SHOWN_AT_FIRST = 6;

/** A line of the profile. A tap shows its facts and where they were said. */
export function LineItem({ line }: { line: ProfileLine }) {
  const say = useStrings();
  const [open, setOpen] = useState(false);
  const { topic, rest } = lineParts(line.text);
  return (
    <li className="group/line">
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="flex items-start gap-3 px-4 py-3 group-first/line:rounded-t-2xl group-last/line:not-group-open:rounded-b-2xl hover:bg-wash marker:content-none [&::-webkit-details-marker]:hidden">
          <span className="grid min-w-0 flex-1 gap-x-4 sm:grid-cols-[9.5rem_1fr]">
            {topic && (
              <span className="pt-0.5 text-sm/6 text-soft">{say.memory.topics[topic]}</span>
            )}
            <span
              dir="auto"
              className={`font-serif text-lg/7 wrap-anywhere first-letter:uppercase ${open ? "block" : "line-clamp-4"} ${topic ? "" : "col-span-full"}`}
            >
              {plain(rest)}
            </span>
          </span>
          <Icon
            name="right"
            className={`mt-1.5 size-4 text-soft transition-transform ${open ? "rotate-90" : "rtl:rotate-180"}`}
          />
        </summary>
        {open && <LineFacts facts={line.facts} />}
      </details>
    </li>
  );
}

function LineFacts({ facts }: { facts: readonly string[] }) {
  const { say, dates } = useSpeech();
  const [all, setAll] = useState(false);
  const shown = all ? facts : facts.slice(0, SHOWN_AT_FIRST);
  const rest = facts.length - shown.length;
  return (
    <div className="grid gap-4 px-4 pt-1 pb-4 sm:ps-[11.5rem]">
      <ul className="grid gap-4">
        {shown.map((id) => (
          <LineFact key={id} id={id} isAll={facts.length === 1} />
        ))}
      </ul>
      {rest > 0 && (
        <Button className="justify-self-start" onClick={() => setAll(true)}>
          {say.memory.moreFacts(dates.number(rest))}
        </Button>
      )}
    </div>
  );
}

/** A fact of a line. Its text is left out if it's the only one. */
function LineFact({ id, isAll }: { id: string; isAll: boolean }) {
  const say = useStrings();
  return (
    <li className="grid gap-1">
      <QueryResult query={useFact(id)}>
        {(detail) => (
          <>
            <div className="flex items-start gap-1">
              <div className="min-w-0 flex-1 pt-1">
                <FactLink fact={detail.fact}>
                  {isAll ? (
                    <span className="font-sans text-base text-accent">{say.memory.openFact}</span>
                  ) : (
                    <span dir="auto" className="wrap-anywhere">
                      {plain(detail.fact.text)}
                    </span>
                  )}
                </FactLink>
              </div>
              <FactMenu fact={detail.fact} />
            </div>
            <Origin detail={detail} />
          </>
        )}
      </QueryResult>
    </li>
  );
}
