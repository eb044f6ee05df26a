import { hoursOf, siteOf, telOf } from "../core/care";
import type { en } from "../core/strings/en";
import type { HelpLine } from "../core/types";
import { Icon } from "./Icon";

type Say = (typeof en)["care"];

/** Help lines: each with its number to call, how to write to it, and its website. */
export function HelpLines({ lines, say }: { lines: readonly HelpLine[]; say: Say }) {
  return (
    <ul className="grid gap-3">
      {lines.map((line) => (
        <Entry key={`${line.name} ${line.number} ${line.url}`} line={line} say={say} />
      ))}
    </ul>
  );
}

function Entry({ line, say }: { line: HelpLine & { for_kinds?: string[] }; say: Say }) {
  const site = siteOf(line.url);
  const kinds = (line.for_kinds ?? []).map((kind) => say.for[kind] ?? kind).join(", ");
  const about = [hoursOf(line, say.always), kinds].filter(Boolean).join(" · ");
  return (
    <li className="grid gap-x-4 gap-y-1.5 sm:grid-cols-[1fr_auto] sm:items-center">
      <div className="min-w-0">
        <p className="font-medium wrap-anywhere">{line.name}</p>
        {about && <p className="text-sm text-soft">{about}</p>}
        {line.text && <p className="text-sm text-soft">{line.text}</p>}
      </div>
      <div className="flex flex-wrap gap-2 sm:justify-end">
        {line.number && <Call number={line.number} label={say.call(line.name, line.number)} />}
        {site && (
          <a
            href={site}
            target="_blank"
            rel="noreferrer"
            aria-label={say.open(line.name)}
            className="inline-flex min-h-10.5 items-center gap-2 rounded-xl border border-line px-3.5 text-ink hover:bg-wash"
          >
            <Icon name="link" className="size-4.5" />
            {say.website}
          </a>
        )}
      </div>
    </li>
  );
}

/** A number that can be called. */
export function Call({ number, label }: { number: string; label: string }) {
  const address = telOf(number);
  if (!address) return <span className="font-medium">{number}</span>;
  return (
    <a
      href={address}
      aria-label={label}
      className="inline-flex min-h-10.5 items-center gap-2 rounded-xl bg-accent px-3.5 font-medium text-on-accent tabular-nums hover:opacity-90"
    >
      <Icon name="phone" className="size-4.5" />
      {number}
    </a>
  );
}
