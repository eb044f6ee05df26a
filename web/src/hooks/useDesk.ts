import { useCallback, useEffect, useRef } from "react";
import type { Live } from "../core/live";
import type { Route } from "../core/routes";
import { useArtifact } from "./useArtifacts";
import { DESK, useMedia } from "./useMedia";
import { go, goBackTo } from "./useRoute";

export interface DeskState {
  /** The artifact that is open. */
  open: string | null;
  /** Whether it stands beside the talk; otherwise it covers the talk. */
  isBeside: boolean;
  close: () => void;
}

type TalkRoute = Extract<Route, { page: "new" | "talk" }>;

/** Return what is open beside a talk; what a reply makes opens by itself where there's room. */
export function useDesk(route: TalkRoute, live: Live | null): DeskState {
  const isBeside = useMedia(DESK);
  const latest = useRef(route);
  useEffect(() => {
    latest.current = route;
  });
  const made = live?.artifact?.id ?? null;
  const turn = live?.turn ?? null;
  useEffect(() => {
    const now = latest.current;
    if (made === null || turn === null || !isBeside || now.page !== "talk") return;
    go({ ...now, open: made }, { replace: true });
  }, [made, turn, isBeside]);
  const close = useCallback(() => {
    const now = latest.current;
    if (now.page !== "talk") return;
    const { open: _, ...without } = now;
    goBackTo(without);
  }, []);
  return { open: (route.page === "talk" && route.open) || null, isBeside, close };
}

/** Return the specialist that made what is open, who replies unless somebody else is chosen. */
export function useDeskExpert(open: string | null): string | null {
  return useArtifact(open).data?.artifact.expert ?? null;
}
