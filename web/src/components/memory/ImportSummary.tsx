import { plain } from "../../core/markdown";
import type { Import } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Link } from "../Link";
import { countsOf } from "./counts";
import { LeftOutList } from "./LeftOutList";

/** The result of an import. */
export function ImportSummary({ one, onOther }: { one: Import; onOther: () => void }) {
  const { say, dates } = useSpeech();
  const { memory } = say;
  const title =
    one.state === "done"
      ? memory.doneTitle
      : one.state === "failed"
        ? memory.failedTitle
        : memory.stoppedTitle;
  return (
    <section
      role="status"
      className="grid gap-4 rounded-2xl border border-line bg-sheet p-4 sm:p-6"
    >
      <div className="grid gap-1">
        <h2 className="font-serif text-xl">{title}</h2>
        <p className="font-serif text-lg">{countsOf(one, say, dates) || memory.nothingNew}</p>
        {one.restored && <p className="text-soft">{memory.restoredText}</p>}
        {one.state === "failed" && <p className="text-danger">{plain(one.sentence)}</p>}
        {one.state !== "done" && <p className="text-soft">{memory.stoppedText}</p>}
      </div>
      <LeftOutList title={memory.leftOut} items={one.skipped} count={one.skipped_count} />
      <LeftOutList title={memory.notes} items={one.notes} count={one.notes.length} />
      <div className="flex flex-wrap items-center gap-2">
        <Way view="facts" label={memory.seeFacts} />
        <Way view="waiting" label={memory.seeWaiting} />
        <Button onClick={onOther}>{memory.otherFile}</Button>
      </div>
    </section>
  );
}

function Way({ view, label }: { view: "facts" | "waiting"; label: string }) {
  return (
    <Link
      to={{ page: "memory", view, fact: null }}
      className="inline-flex min-h-10 items-center rounded-xl border border-line px-4 py-1.5 font-medium hover:bg-wash"
    >
      {label}
    </Link>
  );
}
