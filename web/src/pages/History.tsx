import { useCallback, useEffect, useRef } from "react";
import { Button } from "../components/Button";
import { ConversationList } from "../components/history/ConversationList";
import { rowKeys } from "../components/history/rows";
import { SearchField } from "../components/history/SearchField";
import { SearchResults } from "../components/history/SearchResults";
import { Page } from "../components/Page";
import { type Place, place } from "../core/history";
import { useSettled } from "../hooks/useHistory";
import { useStore } from "../hooks/useStore";
import { useStrings } from "../hooks/useStrings";

/** The history page: search, and all conversations by month. */
export default function History() {
  const say = useStrings();
  const { words, archived } = useStore(place);
  const settled = useSettled(words.trim());
  const top = useKeptTop();
  useEffect(() => {
    addEventListener("keydown", rowKeys);
    return () => removeEventListener("keydown", rowKeys);
  }, []);
  const change = useCallback((more: Partial<Place>) => place.set({ ...place.get(), ...more }), []);
  const isSearching = words.trim() !== "";
  return (
    <Page
      title={archived && !isSearching ? say.past.archiveTitle : say.past.title}
      aside={
        <Button
          kind="quiet"
          icon={archived ? "leave" : "archive"}
          className={`-me-4 ${isSearching ? "invisible" : ""}`}
          onClick={() => change({ archived: !archived })}
        >
          {archived ? say.past.leaveArchive : say.past.archive}
        </Button>
      }
    >
      <div ref={top} className="grid gap-6">
        <SearchField words={words} onChange={(next) => change({ words: next })} />
        {isSearching ? (
          <SearchResults words={settled} />
        ) : (
          <ConversationList archived={archived} key={String(archived)} />
        )}
      </div>
    </Page>
  );
}

/** Keeps the scroll position, to return to it from a message. */
function useKeptTop() {
  const inside = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const scrolled = inside.current?.closest<HTMLElement>(".overflow-y-auto");
    if (!scrolled) return;
    const { top } = place.get();
    const frame = requestAnimationFrame(() => scrolled.scrollTo({ top }));
    const remember = () => place.set({ ...place.get(), top: scrolled.scrollTop });
    scrolled.addEventListener("scrollend", remember);
    return () => {
      cancelAnimationFrame(frame);
      scrolled.removeEventListener("scrollend", remember);
    };
  }, []);
  return inside;
}
