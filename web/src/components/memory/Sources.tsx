import { isoTime } from "../../core/dates";
import { plain } from "../../core/markdown";
import type { FactDetail, RecalledMessage } from "../../core/types";
import { useImports } from "../../hooks/useImport";
import { useFact } from "../../hooks/useMemory";
import { useSpeech, useStrings } from "../../hooks/useStrings";
import { Icon } from "../Icon";
import { Link } from "../Link";
import { QueryResult } from "../QueryResult";
import { originOf } from "./counts";

const LINK =
  "inline-flex min-h-8 items-center gap-1 rounded-lg text-accent underline-offset-2 hover:underline";

/** The source messages, each with its date and a link. */
export function Sources({ sources }: { sources: readonly RecalledMessage[] }) {
  return (
    <ul className="grid gap-3">
      {sources.map((source) => (
        <SourceItem key={source.message} source={source} />
      ))}
    </ul>
  );
}

function SourceItem({ source }: { source: RecalledMessage }) {
  const { say, dates } = useSpeech();
  const who = plain(source.speaker ?? (source.by === "tau" ? say.talk.tau : say.talk.you));
  return (
    <li className="border-s-2 border-line ps-4">
      <blockquote
        dir="auto"
        className="line-clamp-6 font-serif text-base/6.5 wrap-anywhere whitespace-pre-line"
      >
        {plain(source.text)}
      </blockquote>
      <p className="flex flex-wrap items-center gap-x-3 text-sm text-soft">
        <span>
          <bdi>{plain(who)}</bdi>
          {" · "}
          <time dateTime={isoTime(source.at)} title={dates.moment(source.at)}>
            {dates.day(source.at)}
          </time>
        </span>
        <Link
          to={{ page: "talk", conversation: source.conversation, message: source.message }}
          className={LINK}
        >
          {say.memory.goToSource}
          <Icon name="right" className="size-3.5 rtl:rotate-180" />
        </Link>
      </p>
    </li>
  );
}

/** The sources of a fact, fetched when they're shown. */
export function SourcesOf({ fact }: { fact: string }) {
  return <QueryResult query={useFact(fact)}>{(detail) => <Origin detail={detail} />}</QueryResult>;
}

/** The source messages of a fact or, without any, where else it comes from. */
export function Origin({ detail }: { detail: FactDetail }) {
  const say = useStrings();
  const imports = [...new Set(detail.claims.map((claim) => claim.imported))].filter(
    (id) => id !== null,
  );
  return (
    <div className="grid gap-2">
      {detail.sources.length > 0 && <Sources sources={detail.sources} />}
      {imports.map((id) => (
        <FromImport key={id} id={id} />
      ))}
      {!imports.length && !detail.sources.length && (
        <p className="text-sm text-soft">{say.memory.sourcesNone}</p>
      )}
    </div>
  );
}

/** The imported file that a fact came from, with a link to it. */
function FromImport({ id }: { id: string }) {
  const { say, dates } = useSpeech();
  const { data } = useImports();
  const one = data?.imports.find((each) => each.id === id);
  return (
    <p className="flex flex-wrap items-center gap-x-3 text-sm text-soft">
      {one && (
        <span className="wrap-anywhere">
          <bdi>{plain(one.name) || say.memory.namelessFile}</bdi>
          {` · ${originOf(one.origin, say)} · ${dates.day(one.at)}`}
        </span>
      )}
      <Link to={{ page: "memory", view: "bring", fact: null }} className={LINK}>
        {say.memory.claimFrom}
        <Icon name="right" className="size-3.5 rtl:rotate-180" />
      </Link>
    </p>
  );
}
