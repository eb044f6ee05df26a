import { ThreadPrimitive } from "@assistant-ui/react";
import { useEffect, useRef } from "react";
import { UNNAMED } from "../core/names";
import { session } from "../core/session";
import { useKeptPlace } from "../hooks/useKeptPlace";
import { useNearEdge } from "../hooks/useNearEdge";
import { useStore } from "../hooks/useStore";
import { useStrings } from "../hooks/useStrings";
import type { TalkState } from "../hooks/useTalk";
import { Button } from "./Button";
import { EditComposer } from "./EditComposer";
import { Icon } from "./Icon";
import { Notice } from "./Notice";
import { Reply } from "./Reply";
import { TalkContext } from "./TalkContext";
import { Words } from "./Words";

const MESSAGES = { UserMessage: Words, AssistantMessage: Reply, UserEditComposer: EditComposer };

/** The lines of a conversation, read on at both ends as one scrolls. */
export function Thread({ talk, isPrivate }: { talk: TalkState; isPrivate: boolean }) {
  const { thread, lines } = talk;
  const viewport = useRef<HTMLDivElement>(null);
  const { window } = thread;
  useKeptPlace(viewport, window?.messages[0]?.id ?? null);
  const isEmpty =
    lines.length === 0 &&
    !thread.error &&
    (window !== undefined || !talk.runtime.thread.getState().isLoading);
  return (
    <TalkContext value={talk}>
      <ThreadPrimitive.Root className="relative min-h-0 flex-1">
        <ThreadPrimitive.Viewport
          ref={viewport}
          autoScroll={!window?.later}
          tabIndex={-1}
          className="h-full overflow-y-auto overscroll-contain outline-none [overflow-anchor:none]"
        >
          <div className="mx-auto flex min-h-full w-full max-w-[44rem] flex-col gap-6 px-4 pt-2 pb-6 sm:px-8">
            {isEmpty && <Greeting isPrivate={isPrivate} />}
            <Edge at="start" talk={talk} />
            <ThreadPrimitive.Messages components={MESSAGES} />
            <Edge at="end" talk={talk} />
            <Unanswered talk={talk} />
          </div>
        </ThreadPrimitive.Viewport>
        <ToEnd talk={talk} />
        <Spoken talk={talk} />
      </ThreadPrimitive.Root>
    </TalkContext>
  );
}

function Greeting({ isPrivate }: { isPrivate: boolean }) {
  const say = useStrings();
  const here = useStore(session);
  const name = here.state === "in" && here.me.name !== UNNAMED ? here.me.name : "";
  return (
    <div className="my-auto pb-12">
      <h2 className="font-serif text-4xl leading-tight tracking-tight">
        {isPrivate ? say.talk.privateGreeting : say.talk.greeting(name)}
      </h2>
      <p className="mt-3 font-serif text-xl text-soft">
        {isPrivate ? say.talk.privateText : say.talk.greetingText}
      </p>
    </div>
  );
}

/** The end of what is loaded: coming near it loads more. */
function Edge({ at, talk }: { at: "start" | "end"; talk: TalkState }) {
  const say = useStrings();
  const { thread } = talk;
  const more = at === "start" ? thread.window?.earlier : thread.window?.later;
  const mark = useNearEdge(at === "start" ? thread.fetchEarlier : thread.fetchLater, more ?? null);
  if (!more) return null;
  return (
    <p ref={mark} role="status" className="text-center text-sm text-soft">
      {at === "start" ? say.talk.earlier : say.talk.later}
    </p>
  );
}

/** Something said that has no reply: why, and the way on. */
function Unanswered({ talk }: { talk: TalkState }) {
  const say = useStrings();
  const last = talk.lines.at(-1);
  const sentence = talk.live?.state === "failed" ? talk.live.sentence : null;
  if (talk.live?.lost) return <Notice>{say.talk.lost}</Notice>;
  const asked = talk.lines.findLast((line) => line.by === "person" && line.state === "written");
  if (!talk.isUnanswered && !sentence) return null;
  return (
    <div role="alert" className="flex flex-wrap items-center gap-3 text-danger">
      <p>{sentence ? say.errors.told("model_unavailable", sentence) : say.talk.noReply}</p>
      {asked && last && (
        <Button icon="again" onClick={() => talk.retry(asked.id)}>
          {say.talk.again}
        </Button>
      )}
    </div>
  );
}

function ToEnd({ talk }: { talk: TalkState }) {
  const say = useStrings();
  const look =
    "absolute bottom-2 start-1/2 inline-flex size-10 -translate-x-1/2 items-center justify-center rounded-full border border-line bg-sheet text-soft shadow-md hover:text-ink rtl:translate-x-1/2 disabled:hidden";
  if (talk.thread.window?.later) {
    return (
      <button
        type="button"
        aria-label={say.talk.toEnd}
        title={say.talk.toEnd}
        className={look}
        onClick={() => void talk.thread.toLatest()}
      >
        <Icon name="down" />
      </button>
    );
  }
  return (
    <ThreadPrimitive.ScrollToBottom
      aria-label={say.talk.toEnd}
      title={say.talk.toEnd}
      className={look}
    >
      <Icon name="down" />
    </ThreadPrimitive.ScrollToBottom>
  );
}

/** Tells a screen reader that a reply is being made, and then the whole reply. */
function Spoken({ talk }: { talk: TalkState }) {
  const say = useStrings();
  const spoken = useRef<HTMLParagraphElement>(null);
  const last = talk.lines.at(-1);
  const text = talk.isReplying
    ? say.talk.replying
    : last?.by === "tau" && talk.live === null
      ? last.text
      : "";
  const wasReplying = useRef(false);
  useEffect(() => {
    if (spoken.current && (talk.isReplying || wasReplying.current))
      spoken.current.textContent = text;
    wasReplying.current = talk.isReplying;
  }, [talk.isReplying, text]);
  return <p ref={spoken} aria-live="polite" className="sr-only" />;
}
