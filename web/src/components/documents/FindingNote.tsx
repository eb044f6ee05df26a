import type { DocumentMark } from "../../core/types";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { Icon } from "../Icon";

interface Props {
  mark: DocumentMark;
  onReplace: (block: string, start: number, end: number, text: string) => void;
}

const MOST_REPLACEMENTS = 3;

/** What a check found, and what it would put there. */
export function FindingNote({ mark, onReplace }: Props) {
  const say = useWritingStrings();
  const by = say.from[mark.by as keyof typeof say.from] ?? mark.by;
  return (
    <div data-finding={mark.rule} className="flex items-start gap-2 px-1 text-sm text-soft">
      <Icon name="alert" className="mt-0.5 size-4" />
      <p className="min-w-0 flex-1">
        <span dir="auto">{mark.message}</span> <span className="whitespace-nowrap">· {by}</span>
        {mark.replacements.slice(0, MOST_REPLACEMENTS).map((text) => (
          <button
            key={text}
            type="button"
            className="ms-2 inline-flex min-h-6 items-center rounded-lg border border-line bg-sheet px-2 text-ink hover:bg-wash"
            onClick={() => onReplace(mark.block, mark.start, mark.end, text)}
          >
            {text ? say.put(text) : say.leaveOut}
          </button>
        ))}
      </p>
    </div>
  );
}
