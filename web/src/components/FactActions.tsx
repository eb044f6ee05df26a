import { useState } from "react";
import { showToast } from "../core/toast";
import { useRefreshAll } from "../hooks/useRefreshAll";
import { useStrings } from "../hooks/useStrings";
import { ForgetDialog } from "./ForgetDialog";
import { type Subject, WrongDialog } from "./WrongDialog";

const SMALL = "inline-flex min-h-8 items-center rounded-lg px-2 hover:bg-wash hover:text-ink";

/** The buttons "That's wrong" and "Forget this" beside a recalled item. */
export function FactActions({ subject }: { subject: Subject }) {
  const say = useStrings();
  const refreshAll = useRefreshAll();
  const [asking, setAsking] = useState<"wrong" | "forget" | null>(null);
  const done = (sentence: string) => {
    setAsking(null);
    showToast(sentence);
    void refreshAll();
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
