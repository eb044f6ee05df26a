import { BeginDocument } from "../components/documents/BeginDocument";
import { DocumentList } from "../components/documents/DocumentList";
import { DocumentView } from "../components/documents/DocumentView";
import { Page, Waiting } from "../components/Page";
import { SpecialistTabs } from "../components/SpecialistTabs";
import { useLoadedWritingStrings, WritingStringsContext } from "../hooks/useWritingStrings";

/** The pages of documents: all of them, or one with the changes that are proposed for it. */
export default function Documents({ document }: { document: string | null }) {
  const say = useLoadedWritingStrings();
  if (!say) return <Waiting />;
  return (
    <WritingStringsContext value={say}>
      {document === null ? (
        <Page title={say.title}>
          <SpecialistTabs current="documents" />
          <DocumentList />
          <BeginDocument />
        </Page>
      ) : (
        <DocumentView id={document} key={document} />
      )}
    </WritingStringsContext>
  );
}
