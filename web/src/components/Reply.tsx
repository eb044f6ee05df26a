import { ActionBarPrimitive, AuiIf, MessagePrimitive } from "@assistant-ui/react";
import { useLine } from "../hooks/useLine";
import { useSought } from "../hooks/useSought";
import { useSpeech } from "../hooks/useStrings";
import { Icon } from "./Icon";
import { Markdown } from "./Markdown";
import { Recalled } from "./Recalled";

const SMALL =
  "inline-flex min-h-8 items-center gap-1.5 rounded-lg px-2 hover:bg-wash hover:text-ink";

/** Something that Tau said, or is saying. */
export function Reply() {
  const { say } = useSpeech();
  const line = useLine();
  const sought = useSought(line.id);
  const isOver = line.state !== "thinking" && line.state !== "replying";
  return (
    <MessagePrimitive.Root
      ref={sought}
      data-line={line.id}
      aria-busy={!isOver}
      className="group/line data-sought:bg-wash"
    >
      <span className="sr-only">{say.talk.tau}: </span>
      {line.state === "thinking" ? (
        <p className="flex min-h-9 items-center">
          <span className="breathe size-3 rounded-full bg-accent" />
          <span className="sr-only">{say.talk.thinking}</span>
        </p>
      ) : (
        <Markdown text={line.text} />
      )}
      {line.state === "stopped" && (
        <p className="mt-2 font-serif text-soft italic">{say.talk.stopped}</p>
      )}
      {line.state === "interrupted" && (
        <p className="mt-2 font-serif text-soft italic">{say.talk.interrupted}</p>
      )}
      <Recalled line={line} />
      {isOver && <Acts />}
    </MessagePrimitive.Root>
  );
}

function Acts() {
  const { say, dates } = useSpeech();
  const line = useLine();
  return (
    <ActionBarPrimitive.Root className="-ms-2 mt-1 flex min-h-8 flex-wrap items-center text-sm text-soft opacity-0 transition-opacity group-focus-within/line:opacity-100 group-hover/line:opacity-100 group-last/line:opacity-100 [@media(hover:none)]:opacity-100">
      <ActionBarPrimitive.Copy copiedDuration={2000} className={`${SMALL} group/copy`}>
        <Icon name="copy" className="size-4 group-data-copied/copy:hidden" />
        <Icon name="check" className="size-4 not-group-data-copied/copy:hidden" />
        {say.talk.copy}
      </ActionBarPrimitive.Copy>
      <AuiIf condition={(state) => state.thread.capabilities.speech}>
        <AuiIf condition={(state) => state.message.speech == null}>
          <ActionBarPrimitive.Speak className={SMALL}>
            <Icon name="speak" className="size-4" />
            {say.talk.readAloud}
          </ActionBarPrimitive.Speak>
        </AuiIf>
        <AuiIf condition={(state) => state.message.speech != null}>
          <ActionBarPrimitive.StopSpeaking className={`${SMALL} text-accent`}>
            <Icon name="stop" className="size-4" />
            {say.talk.stopReading}
          </ActionBarPrimitive.StopSpeaking>
        </AuiIf>
      </AuiIf>
      <AuiIf condition={(state) => state.message.isLast}>
        <ActionBarPrimitive.Reload className={`${SMALL} disabled:hidden`}>
          <Icon name="again" className="size-4" />
          {say.talk.again}
        </ActionBarPrimitive.Reload>
      </AuiIf>
      {line.at !== null && (
        <time
          dateTime={new Date(line.at * 1000).toISOString()}
          title={dates.moment(line.at)}
          className="px-2"
        >
          {dates.when(line.at)}
        </time>
      )}
    </ActionBarPrimitive.Root>
  );
}
