import { useState } from "react";
import { tell } from "../core/toast";
import { useAfresh } from "../hooks/useAfresh";
import { useStrings } from "../hooks/useStrings";
import { ForgetDialog } from "./ForgetDialog";
import { type Subject, WrongDialog } from "./WrongDialog";

const SMALL = "inline-flex min-h-8 items-center rounded-lg px-2 hover:bg-wash hover:text-ink";

/** "That's wrong" and "forget this", beside whatever Tau remembers. */
export function Mending({ subject }: { subject: Subject }) {
  const say = useStrings();
  const lookAfresh = useAfresh();
  const [asking, setAsking] = useState<"wrong" | "forget" | null>(null);
  const done = (sentence: string) => {
    setAsking(null);
    tell(sentence);
    void lookAfresh();
  };
  return (
    <>
      <button type="button" className={SMALL} onClick={() => setAsking("wrong")}>
        {say.talk.wrong}
      </button>
      <button type="button" className={SMALL} onClick={() => setAsking("forget")}>
        {say.talk.forget}
      </button>
      {asking === "wrong" && (
        <WrongDialog
          subject={subject}
          onClose={() => setAsking(null)}
          onDone={() => done(say.talk.wrongSaved)}
        />
      )}
      {asking === "forget" && (
        <ForgetDialog
          what={
            subject.fact === undefined ? { messages: [subject.message] } : { facts: [subject.fact] }
          }
          onClose={() => setAsking(null)}
          onDone={() => done(say.talk.forgotten)}
        />
      )}
    </>
  );
}
