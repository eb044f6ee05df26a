import { useState } from "react";
import { BringView } from "../components/memory/BringView";
import { FactsView } from "../components/memory/FactsView";
import { FactView } from "../components/memory/FactView";
import { PortraitView } from "../components/memory/PortraitView";
import { TakeView } from "../components/memory/TakeView";
import { TimelineView } from "../components/memory/TimelineView";
import { Views } from "../components/memory/Views";
import { WaitingView } from "../components/memory/WaitingView";
import { Page } from "../components/Page";
import { NO_FILTER } from "../core/memory";
import type { MemoryView } from "../core/routes";
import { useBringing } from "../hooks/useBringing";
import { useStrings } from "../hooks/useStrings";

/** What Tau knows, in the hands of whom it knows. */
export default function Memory({ view, fact }: { view: MemoryView; fact: string | null }) {
  const say = useStrings();
  // Kept here, so that neither a search nor a file under way is lost on the way between the parts.
  const [filter, setFilter] = useState(NO_FILTER);
  const bringing = useBringing();
  return (
    <Page title={say.memory.title}>
      <Views view={view} />
      {view === "portrait" && <PortraitView />}
      {view === "facts" && fact === null && <FactsView filter={filter} onFilter={setFilter} />}
      {view === "facts" && fact !== null && <FactView key={fact} id={fact} />}
      {view === "timeline" && <TimelineView />}
      {view === "waiting" && <WaitingView />}
      {view === "bring" && <BringView bringing={bringing} />}
      {view === "take" && <TakeView />}
    </Page>
  );
}
