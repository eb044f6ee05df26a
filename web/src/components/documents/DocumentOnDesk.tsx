import { useLoadedWritingStrings, WritingStringsContext } from "../../hooks/useWritingStrings";
import { Waiting } from "../Page";
import { DocumentBody, DocumentFiles } from "./DocumentView";

/** A document beside a talk. */
export default function DocumentOnDesk({ id }: { id: string }) {
  const say = useLoadedWritingStrings();
  if (!say) return <Waiting />;
  return (
    <WritingStringsContext value={say}>
      <div className="grid gap-4 px-4 pb-8 md:px-6">
        <DocumentFiles id={id} />
        <DocumentBody id={id} />
      </div>
    </WritingStringsContext>
  );
}
