import type { ReactNode } from "react";
import type { ServerInfo } from "../../core/types";
import { useLife, useMe } from "../../hooks/useAccount";
import { useServer } from "../../hooks/useServer";
import { useSpeech } from "../../hooks/useStrings";
import { Icon } from "../Icon";
import { Link } from "../Link";
import { Section } from "../Page";
import { QueryResult } from "../QueryResult";
import { BackupsSection } from "./BackupsSection";
import { InlineCode } from "./InlineCode";

/** Export links and, for the owner, the data folder and backups. */
export function StorageView() {
  const { say } = useSpeech();
  const { owner } = useMe();
  const server = useServer(owner);
  return (
    <>
      <YoursSection />
      {owner && (
        <QueryResult query={server}>
          {(facts) => (
            <>
              <Section title={say.settings.data.lies}>
                <Lies facts={facts} />
              </Section>
              <BackupsSection facts={facts} />
            </>
          )}
        </QueryResult>
      )}
    </>
  );
}

const LINK =
  "inline-flex min-h-10 items-center gap-2 rounded-xl border border-line bg-sheet px-4 py-1.5 font-medium hover:bg-wash";

function YoursSection() {
  const { say, dates } = useSpeech();
  const words = say.settings.data;
  const life = useLife();
  return (
    <Section title={words.yours}>
      <QueryResult query={life}>
        {({ conversations, messages, facts }) => (
          <p>
            {[
              words.conversations(conversations, dates.number(conversations)),
              words.messages(messages, dates.number(messages)),
              words.facts(facts, dates.number(facts)),
            ].join(" · ")}
          </p>
        )}
      </QueryResult>
      <p className="text-soft">{words.exportAbout}</p>
      <div className="flex flex-wrap gap-2">
        <a className={LINK} href="/api/export" download>
          <Icon name="bring" className="size-4.5" />
          {words.exportAll}
        </a>
        <a className={LINK} href="/api/export?format=markdown" download>
          <Icon name="bring" className="size-4.5" />
          {words.exportRead}
        </a>
        <a className={LINK} href="/api/export?format=pam" download>
          <Icon name="bring" className="size-4.5" />
          {words.exportKnown}
        </a>
        <Link className={LINK} to={{ page: "memory", view: "bring", fact: null }}>
          <Icon name="take" className="size-4.5" />
          {words.bring}
        </Link>
      </div>
    </Section>
  );
}

function Lies({ facts }: { facts: ServerInfo }) {
  const { say, dates } = useSpeech();
  const words = say.settings.data;
  const address = facts.public_url || `http://${facts.host}:${facts.port}`;
  return (
    <dl className="grid">
      <Row term={words.home}>
        <Path>{facts.home}</Path>
      </Row>
      <Row term={words.database}>
        {words.databaseKind[facts.database]}, {dates.bytes(facts.database_bytes)}
      </Row>
      <Row term={words.models}>
        {dates.bytes(facts.models_bytes)}
        <br />
        <Path>{facts.models_folder}</Path>
      </Row>
      <Row term={words.address}>
        <Path>{address}</Path>
      </Row>
      {facts.offline && (
        <Row term={words.offline}>
          <InlineCode text={words.offlineOn} />
        </Row>
      )}
      <Row term={words.version}>{facts.version}</Row>
    </dl>
  );
}

function Row({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-4 border-line py-2.5 not-first:border-t sm:grid-cols-[9rem_1fr]">
      <dt className="text-soft">{term}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}

function Path({ children }: { children: ReactNode }) {
  return (
    <bdi dir="ltr" className="font-mono text-[0.9em] wrap-anywhere">
      {children}
    </bdi>
  );
}
