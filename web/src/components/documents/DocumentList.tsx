import { useDocuments } from "../../hooks/useDocuments";
import { useWritingStrings } from "../../hooks/useWritingStrings";
import { ArtifactList } from "../ArtifactList";

/** The documents, the one that was changed last first. */
export function DocumentList() {
  const words = useWritingStrings();
  const to = (document: string) => ({ page: "documents" as const, document });
  return <ArtifactList query={useDocuments()} words={words} to={to} />;
}
