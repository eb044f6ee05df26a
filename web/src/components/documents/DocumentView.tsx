import { useState } from "react";
import { openEdits } from "../../core/documents";
import type { WrittenDocument } from "../../core/types";
import { type DocumentChange, fileOf, useChange, useDocument } from "../../hooks/useDocuments";
import { useEditKeys } from "../../hooks/useEditKeys";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { Link } from "../Link";
import { Page } from "../Page";
import { ActionError, QueryResult } from "../QueryResult";
import { AskForEdits } from "./AskForEdits";
import { BlockView } from "./BlockView";
import { CheckList } from "./CheckList";
import { DecideAll } from "./DecideAll";
import { StyleQuestion } from "./StyleQuestion";

const FORMATS = ["docx", "docx-tracked", "md", "txt"] as const;

/** A document with the changes that are proposed for it, its checks, and its files. */
export function DocumentView({ id }: { id: string }) {
  const say = useWritingStrings();
  const query = useDocument(id);
  return (
    <Page title={query.data?.title || say.untitled} wide aside={<DocumentFiles id={id} />}>
      <Link to={{ page: "documents", document: null }} className="text-soft hover:text-ink">
        {say.back}
      </Link>
      <DocumentBody id={id} />
    </Page>
  );
}

/** A document without its title: the text, what is proposed for it, and its checks. */
export function DocumentBody({ id }: { id: string }) {
  return (
    <QueryResult query={useDocument(id)}>
      {(document) => <Opened document={document} />}
    </QueryResult>
  );
}

function Opened({ document }: { document: WrittenDocument }) {
  const say = useWritingStrings();
  const change = useChange(document.id);
  const [at, setAt] = useState<string | null>(null);
  const open = openEdits(document.blocks, document.edits);
  const decide = (decision: "accepted" | "rejected", edit: string) =>
    change.mutate({ to: "decisions", decision, edits: [edit] });
  useEditKeys(open, at, setAt, decide);
  const run = (next: DocumentChange) => change.mutate(next);
  return (
    <div className="@container">
      <div className="grid gap-6 @3xl:grid-cols-[minmax(0,1fr)_18rem]">
        <article className="grid content-start gap-2 rounded-2xl border border-line bg-sheet p-4 @lg:p-8">
          {document.blocks.map((block) => (
            <BlockView
              key={block.id}
              block={block}
              edits={document.edits}
              at={at}
              onDecide={decide}
              onSave={(text) =>
                run({ to: "text", after: document.version, blocks: { [block.id]: text } })
              }
            />
          ))}
        </article>
        <aside className="grid content-start gap-4">
          <ActionError error={change.error} />
          <StyleQuestion document={document} />
          <DecideAll document={document} open={open} busy={change.isPending} onChange={run} />
          <AskForEdits busy={change.isPending} onChange={run} />
          {document.dropped.length > 0 && (
            <p className="text-sm text-soft">{say.dropped(document.dropped.length)}</p>
          )}
          <CheckList document={document} />
        </aside>
      </div>
    </div>
  );
}

/** The files that a document can be taken as. */
export function DocumentFiles({ id }: { id: string }) {
  const say = useWritingStrings();
  return (
    <ul className="flex flex-wrap gap-2 text-sm" aria-label={say.download}>
      {FORMATS.map((format) => (
        <li key={format}>
          <a
            href={fileOf(id, format)}
            download
            className="inline-flex rounded-xl border border-line px-3 py-2 hover:bg-wash"
          >
            {say.files[format]}
          </a>
        </li>
      ))}
    </ul>
  );
}
