import { Fragment, type ReactNode, useEffect, useRef } from "react";
import { sentenceOf } from "../core/errors";
import { answeredBy } from "../core/lines";
import { showToast } from "../core/toast";
import { useKeptPlace } from "../hooks/useKeptPlace";
import { useNearEdge } from "../hooks/useNearEdge";
import { useStickToEnd } from "../hooks/useStickToEnd";
import { useStrings } from "../hooks/useStrings";
import type { TalkState } from "../hooks/useTalk";
import { AssistantMessage } from "./AssistantMessage";
import { Greeting } from "./Greeting";
import { HelpCard } from "./HelpCard";
import { Icon } from "./Icon";
import { ReplyAnnouncer } from "./ReplyAnnouncer";
import { Unanswered } from "./Unanswered";
import { UserMessage } from "./UserMessage";

interface Props {
  talk: TalkState;
  /** The message to scroll to. */
  sought: string | null;
  isPrivate: boolean;
  /** What is shown instead of the greeting while nothing is said. */
  greeting?: ReactNode;
}

/** The messages of a conversation, loaded at both ends while scrolling. */
export function Thread({ talk, sought, isPrivate, greeting }: Props) {
  const { thread, lines } = talk;
  const viewport = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const end = useStickToEnd(viewport, content);
  useKeptPlace(viewport, thread.window?.messages[0]?.id ?? null);
  useSought(viewport, sought, thread.window !== undefined, end.letGo);
  useOwnWordsInView(talk, end.toEnd);
  const isEmpty = lines.length === 0 && !thread.isLoading && !thread.error;
  return (
    <div className="relative min-h-0 flex-1">
      <section
        ref={viewport}
        tabIndex={-1}
        aria-label={useStrings().talk.thread}
        className="relative h-full overflow-y-auto overscroll-contain outline-none"
      >
        <div
          ref={content}
          className="mx-auto flex min-h-full w-full max-w-[44rem] flex-col gap-6 px-4 pt-2 pb-6 sm:px-8"
        >
          {isEmpty && (greeting ?? <Greeting isPrivate={isPrivate} />)}
          <Edge at="start" talk={talk} />
          {lines.map((line, at) =>
            line.by === "person" ? (
              <Fragment key={line.key}>
                <UserMessage line={line} acts={talk.acts} isSought={line.id === sought} />
                {line.help && <HelpCard help={line.help} />}
              </Fragment>
            ) : (
              <AssistantMessage
                key={line.key}
                line={line}
                answers={at === lines.length - 1 ? answeredBy(lines, at) : null}
                acts={talk.acts}
                isSought={line.id === sought}
              />
            ),
          )}
          <Edge at="end" talk={talk} />
          <Unanswered talk={talk} />
        </div>
      </section>
      <ToEnd talk={talk} isAtEnd={end.isAtEnd} toEnd={end.toEnd} />
      <ReplyAnnouncer talk={talk} />
    </div>
  );
}

/** Scroll to the end when the person sends a message. */
function useOwnWordsInView(talk: TalkState, toEnd: () => void): void {
  const turn = talk.live?.turn ?? null;
  const held = talk.lines.filter((line) => line.state === "held").length;
  useEffect(() => {
    if (turn !== null || held) toEnd();
  }, [turn, held, toEnd]);
}

/** Scroll to the given message once it's loaded. */
function useSought(
  viewport: React.RefObject<HTMLElement | null>,
  sought: string | null,
  isThere: boolean,
  letGo: () => void,
): void {
  const scrolledTo = useRef<string | null>(null);
  useEffect(() => {
    if (!sought || !isThere || scrolledTo.current === sought) return;
    const line = viewport.current?.querySelector(`[data-line="${CSS.escape(sought)}"]`);
    if (!line) return;
    scrolledTo.current = sought;
    letGo();
    line.scrollIntoView({ block: "center" });
  });
}

/** Loads more when it's scrolled near. */
function Edge({ at, talk }: { at: "start" | "end"; talk: TalkState }) {
  const say = useStrings();
  const { window, fetchEarlier, fetchLater } = talk.thread;
  const more = (at === "start" ? window?.earlier : window?.later) ?? null;
  const mark = useNearEdge(at === "start" ? fetchEarlier : fetchLater, more);
  if (!more) return null;
  return (
    <p ref={mark} role="status" className="text-center text-sm text-soft [overflow-anchor:none]">
      {at === "start" ? say.talk.earlier : say.talk.later}
    </p>
  );
}

function ToEnd({ talk, isAtEnd, toEnd }: { talk: TalkState; isAtEnd: boolean; toEnd: () => void }) {
  const say = useStrings();
  const isCut = Boolean(talk.thread.window?.later);
  if (isAtEnd && !isCut) return null;
  const go = async () => {
    try {
      if (isCut) await talk.thread.toLatest();
      toEnd();
    } catch (error) {
      showToast(sentenceOf(error, say), { failure: true });
    }
  };
  return (
    <button
      type="button"
      aria-label={say.talk.toEnd}
      title={say.talk.toEnd}
      onClick={() => void go()}
      className="absolute start-1/2 bottom-2 inline-flex size-10 -translate-x-1/2 items-center justify-center rounded-full border border-line bg-sheet text-soft shadow-md hover:text-ink rtl:translate-x-1/2"
    >
      <Icon name="down" />
    </button>
  );
}
