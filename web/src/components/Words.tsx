import { ActionBarPrimitive, MessagePrimitive } from "@assistant-ui/react";
import { shown } from "../core/markdown";
import { release } from "../core/outbox";
import { useLine } from "../hooks/useLine";
import { useSought } from "../hooks/useSought";
import { useSpeech } from "../hooks/useStrings";
import { Icon } from "./Icon";

const SMALL =
  "inline-flex min-h-8 items-center gap-1.5 rounded-lg px-2 hover:bg-wash hover:text-ink";

/** Something that the person said. */
export function Words() {
  const { say, dates } = useSpeech();
  const line = useLine();
  const sought = useSought(line.id);
  const from = [line.speaker, line.origin && say.talk.brought(line.origin)]
    .filter(Boolean)
    .join(" · ");
  return (
    <MessagePrimitive.Root
      ref={sought}
      data-line={line.id}
      className="group/line mt-3 border-s-2 border-accent ps-4 data-sought:bg-wash"
    >
      <span className="sr-only">{say.talk.you}: </span>
      <p dir="auto" className="text-[1.06rem] leading-relaxed wrap-anywhere whitespace-pre-wrap">
        {shown(line.text)}
      </p>
      <div className="flex min-h-8 flex-wrap items-center gap-1 text-sm text-soft">
        {from && <span dir="auto">{from} ·</span>}
        {line.at !== null && (
          <time dateTime={new Date(line.at * 1000).toISOString()} title={dates.moment(line.at)}>
            {dates.when(line.at)}
          </time>
        )}
        {line.state === "sending" && <span role="status">{say.talk.sending}</span>}
        {line.state === "held" && (
          <>
            <span role="status">{say.talk.waiting}</span>
            <button
              type="button"
              className={`${SMALL} text-accent`}
              onClick={() => release(line.id)}
            >
              {say.talk.discard}
            </button>
          </>
        )}
        {line.state === "written" && (
          <ActionBarPrimitive.Root className="flex opacity-0 transition-opacity group-focus-within/line:opacity-100 group-hover/line:opacity-100 [@media(hover:none)]:opacity-100">
            <ActionBarPrimitive.Edit className={`${SMALL} disabled:hidden`}>
              <Icon name="edit" className="size-4" />
              {say.talk.edit}
            </ActionBarPrimitive.Edit>
          </ActionBarPrimitive.Root>
        )}
      </div>
    </MessagePrimitive.Root>
  );
}
