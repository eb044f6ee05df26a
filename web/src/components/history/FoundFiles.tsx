import { plain } from "../../core/markdown";
import type { FoundPart } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";
import { Icon } from "../Icon";
import { Link } from "../Link";
import { ROW } from "./rows";

/** The passages of files that were found; each leads to the message with its file. */
export function FoundFiles({ parts }: { parts: readonly FoundPart[] }) {
  const { say, dates } = useSpeech();
  if (!parts.length) return null;
  return (
    <ul aria-label={say.talk.files} className="-mx-3 grid">
      {parts.map((part) => (
        <li key={`${part.attachment} ${part.part}`} className="border-line border-b">
          <Link
            to={{ page: "talk", conversation: part.conversation, message: part.message }}
            className="grid gap-1 rounded-xl px-3 py-3.5 hover:bg-wash"
            {...ROW}
          >
            <span className="flex min-w-0 items-center gap-x-2 text-sm text-soft">
              <Icon name="clip" className="size-4 shrink-0" />
              <span dir="auto" className="truncate font-medium text-ink">
                {plain(part.name)}
              </span>
              <span className="shrink-0">
                {part.page ? say.talk.page(part.page) : plain(part.place)}
              </span>
              <span className="ms-auto shrink-0">{dates.day(part.at)}</span>
            </span>
            <span
              dir="auto"
              className="line-clamp-3 font-serif text-[1.12rem] leading-relaxed wrap-anywhere"
            >
              {plain(part.text)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
