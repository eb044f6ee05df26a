import { memo, useState } from "react";
import { isoTime } from "../core/dates";
import { plain, shown } from "../core/markdown";
import { release } from "../core/outbox";
import type { Line } from "../core/thread";
import { useSpeech } from "../hooks/useStrings";
import type { TalkActs } from "../hooks/useTalk";
import { AttachedFiles } from "./AttachedFiles";
import { EditMessage } from "./EditMessage";
import { ForgetMessage } from "./ForgetMessage";
import { MESSAGE_ACTION, MessageActions } from "./MessageActions";
import { VersionSwitch } from "./VersionSwitch";

interface Props {
  line: Line;
  acts: TalkActs;
  isSought: boolean;
}

/** A message of the person. */
export const UserMessage = memo(function UserMessage({ line, acts, isSought }: Props) {
  const { say } = useSpeech();
  const [isEditing, setEditing] = useState(false);
  const change = (words: string) => {
    setEditing(false);
    if (words !== line.text) acts.edit(words, line.id);
  };
  return (
    <article
      data-line={line.id}
      data-sought={isSought || undefined}
      className="group/line mt-3 border-s-2 border-accent ps-4 data-sought:bg-wash"
    >
      <span className="sr-only">{say.talk.you}: </span>
      {isEditing ? (
        <EditMessage
          words={line.text}
          hides={acts.hiddenBy(line.id)}
          onSend={change}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <>
          <p
            dir="auto"
            className="text-[1.06rem] leading-relaxed wrap-anywhere whitespace-pre-wrap"
          >
            {shown(line.text)}
          </p>
          <AttachedFiles files={line.attachments} />
          <Below line={line} acts={acts} onEdit={() => setEditing(true)} />
        </>
      )}
    </article>
  );
});

/** The message's date, sending state and actions. */
function Below({ line, acts, onEdit }: Omit<Props, "isSought"> & { onEdit: () => void }) {
  const { say, dates } = useSpeech();
  const [isForgetting, setForgetting] = useState(false);
  const from = [line.speaker && plain(line.speaker), line.origin && say.talk.brought(line.origin)]
    .filter(Boolean)
    .join(" · ");
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-1 text-sm text-soft">
      {from && <span dir="auto">{from} ·</span>}
      {line.at !== null && (
        <time dateTime={isoTime(line.at)} title={dates.moment(line.at)}>
          {dates.when(line.at)}
        </time>
      )}
      {line.state === "sending" && <span role="status">{say.talk.sending}</span>}
      {line.state === "held" && (
        <>
          <span role="status">{say.talk.waiting}</span>
          <button
            type="button"
            className={`${MESSAGE_ACTION} text-accent`}
            onClick={() => release(line.id)}
          >
            {say.talk.discard}
          </button>
        </>
      )}
      <VersionSwitch line={line} acts={acts} />
      {line.state === "written" && line.at !== null && (
        <MessageActions
          items={[
            { icon: "edit", label: say.talk.edit, act: onEdit },
            { icon: "trash", label: say.talk.forget, act: () => setForgetting(true) },
          ]}
        />
      )}
      {isForgetting && <ForgetMessage message={line.id} onClose={() => setForgetting(false)} />}
    </div>
  );
}
