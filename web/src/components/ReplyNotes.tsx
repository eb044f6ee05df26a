import type { Line } from "../core/thread";
import { useSpeech } from "../hooks/useStrings";

/** Short lines below a reply: how it ended, and who answered if it wasn't the chosen model. */
export function ReplyNotes({ line }: { line: Line }) {
  const { say } = useSpeech();
  const notes: string[] = [];
  if (line.state === "stopped") notes.push(say.talk.stopped);
  if (line.state === "interrupted") notes.push(say.talk.interrupted);
  if (line.isCut) notes.push(say.talk.cut);
  if (line.standIn) notes.push(say.talk.standIn(line.standIn.model, line.standIn.insteadOf));
  return notes.map((note) => (
    <p key={note} className="mt-2 font-serif text-soft italic">
      {note}
    </p>
  ));
}
