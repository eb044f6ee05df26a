import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo } from "react";
import { isSignedOut } from "../core/errors";
import { reachable, sessionEnded } from "../core/session";
import { changesWhileShown } from "../core/streams";
import { Turns } from "../core/turns";
import type { Change } from "../core/types";
import { tellWorker } from "../core/worker";
import { ARTIFACT_QUERIES } from "./useArtifacts";
import { refresh, refreshAll, refreshConversations } from "./useRefreshAll";
import { keyOf, refreshThread } from "./useThread";

const TurnsContext = createContext<Turns | null>(null);

/** Return the turns of this device. */
export function useTurns(): Turns {
  const turns = useContext(TurnsContext);
  if (!turns) throw new Error("Nobody is signed in above this component.");
  return turns;
}

/** Provides the person's turns, and keeps queries in sync with their other devices. */
export function TurnsProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const turns = useMemo(
    () => new Turns((conversation) => refreshThread(queries, conversation)),
    [queries],
  );
  useEffect(() => {
    const watching = new AbortController();
    void watch(queries, turns, watching.signal);
    return () => watching.abort();
  }, [queries, turns]);
  useEffect(
    () => () => {
      turns.leave();
      queries.clear(); // no data of one person stays for the next
    },
    [queries, turns],
  );
  return <TurnsContext value={turns}>{children}</TurnsContext>;
}

async function watch(queries: QueryClient, turns: Turns, signal: AbortSignal): Promise<void> {
  try {
    for await (const notice of changesWhileShown(signal)) {
      reachable.set(notice.kind !== "away");
      if (notice.kind === "change") follow(queries, turns, notice.change);
    }
  } catch (error) {
    if (isSignedOut(error)) sessionEnded();
    else throw error;
  }
}

/** Watch only the shown turn: each one takes one of the browser's few connections. */
function isShown(queries: QueryClient, conversation: string): boolean {
  const found = queries.getQueryCache().find({ queryKey: keyOf(conversation) });
  return found?.isActive() ?? false;
}

/** The effect of each change on the queries. */
function follow(queries: QueryClient, turns: Turns, change: Change): void {
  const again = (...keys: string[]) => {
    for (const key of keys) {
      if (key === "conversations") void refreshConversations(queries);
      else void refresh(queries, key);
    }
  };
  const { conversation, turn } = change;
  switch (change.what) {
    case "turn_began":
      if (conversation && turn && isShown(queries, conversation)) {
        turns.watch(conversation, turn).catch((error) => isSignedOut(error) && sessionEnded());
      }
      again("conversations", "conversation"); // their pages show the turn when they are opened
      break;
    case "turn_ended":
    case "message":
      if (conversation) void refreshThread(queries, conversation);
      again("conversations", "conversation");
      break;
    case "conversation":
      again("conversations", "conversation");
      break;
    case "facts":
      again("facts", "fact", "profile", "timeline", "learning", "style");
      break;
    case "experts":
      again("experts");
      break;
    case "artifacts": // each specialist shows what was made with it last
      again("experts", ...ARTIFACT_QUERIES);
      break;
    case "imports":
      again("imports", "conversations");
      break;
    case "forgot":
      void tellWorker({ kind: "forget" });
      turns.recollections.clear();
      void refreshAll(queries, { drop: true });
      break;
    case "resync":
      void tellWorker({ kind: "fill" });
      turns.recollections.clear(); // something may have been forgotten meanwhile
      void refreshAll(queries);
      break;
  }
}
