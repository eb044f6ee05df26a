import { useState } from "react";
import { ExportView } from "../components/memory/ExportView";
import { FactsView } from "../components/memory/FactsView";
import { FactView } from "../components/memory/FactView";
import { FilesView } from "../components/memory/FilesView";
import { ImportView } from "../components/memory/ImportView";
import { ProfileView } from "../components/memory/ProfileView";
import { TimelineView } from "../components/memory/TimelineView";
import { Views } from "../components/memory/Views";
import { WaitingView } from "../components/memory/WaitingView";
import { Page } from "../components/Page";
import { NO_FILTER } from "../core/memory";
import type { MemoryView } from "../core/routes";
import { useImport } from "../hooks/useImport";
import { useStrings } from "../hooks/useStrings";

/** The memory page. */
export default function Memory({ view, fact }: { view: MemoryView; fact: string | null }) {
  const say = useStrings();
  // Kept here, so that neither a search nor an import is lost when switching views.
  const [filter, setFilter] = useState(NO_FILTER);
  const flow = useImport();
  return (
    <Page title={say.memory.title}>
      <Views view={view} />
      {view === "portrait" && <ProfileView />}
      {view === "facts" && fact === null && <FactsView filter={filter} onFilter={setFilter} />}
      {view === "facts" && fact !== null && <FactView key={fact} id={fact} />}
      {view === "timeline" && <TimelineView />}
      {view === "waiting" && <WaitingView />}
      {view === "files" && <FilesView />}
      {view === "bring" && <ImportView flow={flow} />}
      {view === "take" && <ExportView />}
    </Page>
  );
}
