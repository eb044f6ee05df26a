import { placesOf, type SourcePlace } from "../core/attachments";
import { plain } from "../core/markdown";
import type { FileSource } from "../core/types";
import { useStrings } from "../hooks/useStrings";

/** The pages of files that a reply had; each opens what it says. */
export function Sources({ sources }: { sources: readonly FileSource[] }) {
  const say = useStrings();
  const places = placesOf(sources);
  if (!places.length) return null;
  return (
    <ul
      aria-label={say.talk.sources}
      className="mt-3 flex flex-wrap items-start gap-x-3 gap-y-1 text-sm text-soft"
    >
      {places.map((place) => (
        <li key={place.key} className="max-w-full has-open:w-full">
          <Place place={place} />
        </li>
      ))}
    </ul>
  );
}

function Place({ place }: { place: SourcePlace }) {
  const say = useStrings();
  const where = place.page ? say.talk.page(place.page) : plain(place.place);
  return (
    <details>
      <summary className="flex w-fit max-w-full rounded-md border-b border-dotted border-soft marker:content-none [&::-webkit-details-marker]:hidden">
        <span dir="auto" className="truncate">
          {plain(place.name)}
        </span>
        {where && (
          <span className="shrink-0 whitespace-pre">{`${say.talk.sourceSeparator}${where}`}</span>
        )}
      </summary>
      {place.texts.map((text) => (
        <blockquote
          key={text}
          dir="auto"
          className="my-2 border-s-2 border-line ps-4 font-serif text-base wrap-anywhere whitespace-pre-line text-ink"
        >
          {plain(text)}
        </blockquote>
      ))}
    </details>
  );
}
