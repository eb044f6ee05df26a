import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { preferences } from "../core/preferences";
import { reachable, session } from "../core/session";
import { showToast } from "../core/toast";
import { lookForNewer, register, tellWorker } from "../core/worker";
import { enterAgain } from "./useSession";
import { useStore } from "./useStore";
import { useStrings } from "./useStrings";

const ASK_AGAIN_MS = 15_000;
const AT_THE_LATEST_MS = 5000;

/** Keeps the app usable offline: its files and, if allowed, copies of conversations. */
export function useOffline(): void {
  useNewerPage();
  useCopies();
  useReturn();
}

function useNewerPage(): void {
  const say = useStrings();
  const current = useRef(say);
  current.current = say;
  useEffect(() => {
    void register((load) => {
      const { update, reload } = current.current.shell;
      showToast(update, { action: { label: reload, act: load } });
    });
  }, []);
}

/** Has the service worker keep offline copies for the signed-in person, fetched when idle. */
function useCopies(): void {
  const here = useStore(session);
  const isThere = useStore(reachable);
  const { keepsOffline } = useStore(preferences);
  const person = here.state === "in" ? here.me.id : null;
  const isFresh = here.state === "in" && !here.offline;
  const isGone = here.state === "out" && (here.ended || isThere);
  useEffect(() => {
    if (isGone || (person !== null && !keepsOffline))
      void tellWorker({ kind: "keep", person: null });
    if (person === null || !isFresh || !keepsOffline) return;
    void tellWorker({ kind: "keep", person });
    return whenIdle(() => void tellWorker({ kind: "fill" }));
  }, [person, isFresh, isGone, keepsOffline]);
}

function whenIdle(act: () => void): () => void {
  if (!("requestIdleCallback" in globalThis)) {
    const timer = setTimeout(act, AT_THE_LATEST_MS);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(act, { timeout: AT_THE_LATEST_MS });
  return () => cancelIdleCallback(handle);
}

/** Checks the session again when Tau is back, and refetches everything. */
function useReturn(): void {
  const queries = useQueryClient();
  const here = useStore(session);
  const isThere = useStore(reachable);
  const isCopy = here.state === "in" && here.offline;
  useEffect(() => {
    if (!isCopy) return;
    const ask = async () => {
      if (!(await enterAgain())) return;
      await queries.invalidateQueries();
      await lookForNewer();
    };
    if (isThere) void ask();
    const timer = setInterval(() => void ask(), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isCopy, isThere, queries]);
  useEffect(() => {
    if (isThere) void lookForNewer();
  }, [isThere]);
}
