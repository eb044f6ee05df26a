import { lazy, Suspense, useEffect, useId, useRef } from "react";
import { isComposing } from "../../core/keys";
import type { Artifact } from "../../core/types";
import { useArtifact } from "../../hooks/useArtifacts";
import type { DeskState } from "../../hooks/useDesk";
import { useStrings } from "../../hooks/useStrings";
import { IconButton } from "../Button";
import { Waiting } from "../Page";
import { QueryResult } from "../QueryResult";

const DocumentOnDesk = lazy(() => import("../documents/DocumentOnDesk"));
const PlanView = lazy(async () => ({ default: (await import("../plan/PlanView")).PlanView }));

/** What is open with a talk: a document or a plan, under its title. */
export function Desk({ id, desk }: { id: string; desk: DeskState }) {
  const say = useStrings();
  const query = useArtifact(id);
  const heading = useId();
  const region = useRef<HTMLElement>(null);
  useSheet(region, desk);
  const made = query.data?.artifact;
  const Title = desk.isBeside ? "h2" : "h1"; // that of the talk is covered
  const unnamed = made ? say.experts.untitled[made.type] : "";
  return (
    <section
      ref={region}
      tabIndex={-1}
      aria-labelledby={heading}
      className="z-1 col-start-1 row-start-1 flex min-h-0 flex-col bg-paper outline-none max-lg:border-b max-lg:border-line lg:col-start-2 lg:row-span-2 lg:border-s lg:border-line"
    >
      <header className="flex min-h-14 items-center gap-2 py-1.5 ps-14 pe-3 md:ps-6">
        <Title id={heading} dir="auto" className="min-w-0 flex-1 truncate font-serif text-xl">
          {made?.title || unnamed}
        </Title>
        <IconButton icon="close" label={say.shell.close} onClick={desk.close} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        <QueryResult query={query}>
          {(found) => (
            <Suspense fallback={<Waiting />}>
              <Content found={found} />
            </Suspense>
          )}
        </QueryResult>
      </div>
    </section>
  );
}

function Content({ found: { artifact } }: { found: Artifact }) {
  const say = useStrings();
  if (artifact.type === "document") return <DocumentOnDesk id={artifact.id} />;
  if (artifact.type === "plan") return <PlanView id={artifact.id} />;
  return <p className="p-6 text-soft">{say.desk.notHere}</p>;
}

/** Where it covers the talk: it takes the focus, gives it back, and Escape closes it. */
function useSheet(region: React.RefObject<HTMLElement | null>, desk: DeskState): void {
  const { isBeside, close } = desk;
  useEffect(() => {
    if (isBeside) return;
    const before = document.activeElement;
    region.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [region, isBeside]);
  useEffect(() => {
    if (isBeside) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || isComposing(event)) return;
      if (!document.querySelector("dialog[open], [aria-controls=side][aria-expanded=true]"))
        close();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [isBeside, close]);
}
