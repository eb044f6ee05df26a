import { lazy, Suspense } from "react";
import { fileOf, useDocument } from "../../hooks/useDocuments";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { Link } from "../Link";
import { Page, Waiting } from "../Page";
import { QueryResult } from "../QueryResult";

const DocumentEditor = lazy(() => import("./DocumentEditor"));

const FORMATS = ["docx", "docx-tracked", "md", "txt"] as const;

/** The page of a document. */
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
      {(document) => (
        <Suspense fallback={<Waiting />}>
          <DocumentEditor document={document} />
        </Suspense>
      )}
    </QueryResult>
  );
}

/** The files that a document can be taken as. */
export function DocumentFiles({ id }: { id: string }) {
  const say = useWritingStrings();
  return (
    <ul
      className="-m-1 flex gap-2 overflow-x-auto p-1 text-sm [scrollbar-width:none]"
      data-scrolls
      aria-label={say.download}
    >
      {FORMATS.map((format) => (
        <li key={format}>
          <a
            href={fileOf(id, format)}
            download
            className="inline-flex whitespace-nowrap rounded-xl border border-line px-3 py-2 hover:bg-wash"
          >
            {say.files[format]}
          </a>
        </li>
      ))}
    </ul>
  );
}
