import { memo, useState } from "react";
import { isoTime } from "../core/dates";
import { canSpeak, speak, spoken, stopSpeaking } from "../core/speech";
import type { Line } from "../core/thread";
import { showToast } from "../core/toast";
import { useStore } from "../hooks/useStore";
import { useSpeech } from "../hooks/useStrings";
import type { TalkActs } from "../hooks/useTalk";
import { ArtifactCard } from "./desk/ArtifactCard";
import { ForgetMessage } from "./ForgetMessage";
import { ForgettingOffer } from "./ForgettingOffer";
import { Markdown } from "./Markdown";
import { MemoryNotes } from "./MemoryNotes";
import { type MessageAction, MessageActions } from "./MessageActions";
import { Recalled } from "./Recalled";
import { ReplyNotes } from "./ReplyNotes";
import { Sources } from "./Sources";
import { SpecialistChip } from "./SpecialistChip";
import { Thoughts } from "./Thoughts";
import { VersionSwitch } from "./VersionSwitch";

interface Props {
  line: Line;
  /** For the last reply, the message it answers. */
  answers: string | null;
  acts: TalkActs;
  isSought: boolean;
}

/** A reply by Tau, finished or in progress. */
export const AssistantMessage = memo(function AssistantMessage({
  line,
  answers,
  acts,
  isSought,
}: Props) {
  const { say } = useSpeech();
  const isOver = line.state !== "thinking" && line.state !== "replying";
  return (
    <article
      data-line={line.id}
      data-sought={isSought || undefined}
      aria-busy={!isOver}
      className="group/line data-sought:bg-wash"
    >
      {line.notice && <p className="mb-2 text-sm text-soft">{line.notice}</p>}
      <span className="sr-only">{say.talk.tau}: </span>
      {line.thoughts && <Thoughts text={line.thoughts} isThinking={line.state === "thinking"} />}
      {line.state === "thinking" ? (
        <p className="flex min-h-9 items-center">
          <span className="breathe size-3 rounded-full bg-accent" />
          <span className={line.working ? "ps-3 text-soft" : "sr-only"}>
            {line.working ?? say.talk.thinking}
          </span>
        </p>
      ) : (
        <Markdown text={line.text} />
      )}
      {line.artifact && <ArtifactCard made={line.artifact} />}
      <ReplyNotes line={line} />
      <Sources sources={line.sources} />
      <Recalled line={line} />
      {line.forgetting && isOver && <ForgettingOffer proposal={line.forgetting} />}
      {isOver && <MemoryNotes notes={line.notes} />}
      {isOver && line.suggestion && answers && (
        <SpecialistChip suggestion={line.suggestion} message={answers} acts={acts} />
      )}
      {isOver && <Below line={line} answers={answers} acts={acts} />}
    </article>
  );
});

function Below({ line, answers, acts }: Omit<Props, "isSought">) {
  const { say, dates } = useSpeech();
  const [isCopied, setCopied] = useState(false);
  const [isForgetting, setForgetting] = useState(false);
  const isSpoken = useStore(spoken) === line.id;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(line.text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      showToast(say.talk.notCopied, { failure: true }); // on an address without TLS, for instance
    }
  };
  const items: MessageAction[] = [
    {
      icon: isCopied ? "check" : "copy",
      label: isCopied ? say.talk.copied : say.talk.copy,
      act: () => void copy(),
    },
  ];
  if (canSpeak()) {
    items.push(
      isSpoken
        ? { icon: "stop", label: say.talk.stopReading, act: stopSpeaking, active: true }
        : {
            icon: "speak",
            label: say.talk.readAloud,
            act: () => speak(line.id, line.text, document.documentElement.lang),
          },
    );
  }
  if (answers) items.push({ icon: "again", label: say.talk.again, act: () => acts.retry(answers) });
  if (line.at !== null)
    items.push({ icon: "trash", label: say.talk.forget, act: () => setForgetting(true) });
  return (
    <div className="-ms-2 mt-1 flex min-h-8 flex-wrap items-center text-sm text-soft">
      <VersionSwitch line={line} acts={acts} />
      <MessageActions items={items} always={answers !== null}>
        {line.at !== null && (
          <time dateTime={isoTime(line.at)} title={dates.moment(line.at)} className="px-2">
            {dates.when(line.at)}
          </time>
        )}
      </MessageActions>
      {isForgetting && <ForgetMessage message={line.id} onClose={() => setForgetting(false)} />}
    </div>
  );
}
