import { contentOf, isPicture } from "../core/attachments";
import { plain } from "../core/markdown";
import type { Attachment } from "../core/types";
import { useStrings } from "../hooks/useStrings";
import { Icon } from "./Icon";

/** The files that came with a message. */
export function AttachedFiles({ files }: { files: readonly Attachment[] }) {
  const say = useStrings();
  if (!files.length) return null;
  return (
    <ul aria-label={say.talk.files} className="mt-2 flex flex-wrap gap-2">
      {files.map((file) => (
        <li key={file.id} className="max-w-full">
          {file.stored ? <OpenFile file={file} /> : <FileName file={file} gone />}
        </li>
      ))}
    </ul>
  );
}

function OpenFile({ file }: { file: Attachment }) {
  const name = plain(file.name);
  const shown = isPicture(file);
  return (
    <a
      href={contentOf(file)}
      {...(shown ? { target: "_blank", rel: "noreferrer" } : { download: file.name })}
      className="block max-w-full rounded-xl hover:bg-wash"
    >
      {shown ? (
        <img
          src={contentOf(file)}
          alt={name}
          width={file.width}
          height={file.height}
          loading="lazy"
          className="max-h-56 w-auto max-w-full rounded-xl border border-line object-contain"
        />
      ) : (
        <FileName file={file} />
      )}
    </a>
  );
}

function FileName({ file, gone = false }: { file: Attachment; gone?: boolean }) {
  const say = useStrings();
  return (
    <span className="inline-flex min-h-10 max-w-full items-center gap-2 rounded-xl border border-line px-3 text-sm">
      <Icon name="clip" className="size-4 shrink-0 text-soft" />
      <span dir="auto" className="truncate">
        {plain(file.name)}
      </span>
      {file.pages > 1 && (
        <span className="shrink-0 text-soft">{say.talk.filePages(file.pages)}</span>
      )}
      {gone && <span className="text-soft">{say.talk.fileElsewhere}</span>}
    </span>
  );
}
