import {
  type ChosenFile,
  contentOf,
  isPicture,
  isSending,
  TooLarge,
  takeOut,
} from "../core/attachments";
import { sentenceOf } from "../core/errors";
import { plain } from "../core/markdown";
import type { Strings } from "../core/strings";
import { useStrings } from "../hooks/useStrings";
import { Icon } from "./Icon";

/** The files that go with the next message, above its field. */
export function ChosenFiles({ draft, files }: { draft: string; files: readonly ChosenFile[] }) {
  const say = useStrings();
  if (!files.length) return null;
  return (
    <ul aria-label={say.talk.files} className="flex flex-wrap gap-2 p-1 pb-2">
      {files.map((one) => (
        <Chip key={one.key} draft={draft} one={one} />
      ))}
    </ul>
  );
}

function Chip({ draft, one }: { draft: string; one: ChosenFile }) {
  const say = useStrings();
  const name = plain(one.file?.name ?? one.name);
  const failed = one.error !== null;
  return (
    <li
      className={`flex max-w-full items-center gap-2 rounded-xl border py-1 ps-2 text-sm ${failed ? "border-danger" : "border-line"}`}
    >
      {one.file && isPicture(one.file) ? (
        <img src={contentOf(one.file)} alt="" className="size-8 rounded-md object-cover" />
      ) : (
        <Icon name={failed ? "alert" : "clip"} className="size-5 shrink-0 text-soft" />
      )}
      <span className="min-w-0">
        <span dir="auto" className="block max-w-52 truncate">
          {name}
        </span>
        <span role={failed ? "alert" : "status"} className={failed ? "text-danger" : "text-soft"}>
          {failed ? reasonOf(one.error, say) : detailOf(one, say)}
        </span>
        {isSending(one) && (
          <progress
            aria-label={say.talk.sendingFile(name)}
            value={one.part}
            className="block h-1 w-full accent-accent"
          />
        )}
      </span>
      <button
        type="button"
        aria-label={say.talk.takeOutFile(name)}
        title={say.talk.takeOutFile(name)}
        className="inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-soft hover:bg-wash hover:text-ink"
        onClick={() => takeOut(draft, one.key)}
      >
        <Icon name="close" className="size-4" />
      </button>
    </li>
  );
}

function reasonOf(error: unknown, say: Strings): string {
  return error instanceof TooLarge ? say.talk.fileTooLarge : sentenceOf(error, say);
}

function detailOf({ file, part }: ChosenFile, say: Strings): string {
  if (!file) return part < 1 ? say.talk.fileSent(Math.round(part * 100)) : say.talk.fileIsRead;
  if (isPicture(file)) return `${file.width} × ${file.height}`;
  const size = file.pages > 1 ? say.talk.filePages(file.pages) : say.talk.fileRead;
  return file.cut ? `${size}, ${say.talk.fileCut}` : size;
}
