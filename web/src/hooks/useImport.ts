import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { Refused } from "../core/errors";
import { erase, get, part, post, query } from "../core/http";
import { CHOOSING, isRunning, leftOpen, type Stage, stageOf, type Terms } from "../core/imports";
import type { Import, ImportList } from "../core/types";
import { upload } from "../core/upload";

const LOOK_AGAIN_MS = 500;
const CHANGED = ["imports", "facts", "profile", "timeline", "learning", "conversations"];

/** Return the imports, newest first; polls while one of them runs. */
export function useImports() {
  return useQuery({
    queryKey: ["imports", "list"],
    queryFn: ({ signal }) => get<ImportList>("/api/imports", signal),
    refetchInterval: ({ state }) => (state.data?.imports.some(isRunning) ? 1500 : false),
  });
}

/** Return the import in progress and its actions. */
export function useImport() {
  const queries = useQueryClient();
  const [stage, setStage] = useState<Stage>(CHOOSING);
  const sending = useRef<AbortController | null>(null);
  useEffect(() => () => sending.current?.abort(), []);
  useWatched(stage, setStage);
  const send = useCallback(async (file: File, terms: Terms | null) => {
    const stopping = new AbortController();
    sending.current = stopping;
    setStage({ at: "sending", file, part: 0 });
    const asked = query({ name: file.name, dry_run: terms === null, ...terms });
    try {
      const one = await upload<Import>(`/api/imports${asked}`, file, {
        onPart: (arrived) => setStage({ at: "sending", file, part: arrived }),
        signal: stopping.signal,
      });
      setStage(stageOf(one, file));
    } catch (error) {
      const problem = stopping.signal.aborted
        ? ({ why: "stopped" } as const)
        : ({ why: "error", error } as const);
      setStage({ at: "choosing", problem });
    }
  }, []);
  return {
    stage,
    look: (file: File) => void send(file, null),
    take: (terms: Terms) => void take(stage, terms, setStage, send),
    stop: () => void stop(stage, sending.current, setStage, queries),
    restart: () => setStage(CHOOSING),
    resume: useCallback((one: Import) => setStage(stageOf(one, null)), []),
  };
}

export type ImportFlow = ReturnType<typeof useImport>;

type SetStage = (stage: Stage) => void;

/** Polls an import until it ends. */
function useWatched(stage: Stage, setStage: SetStage): void {
  const queries = useQueryClient();
  const id = stage.at === "reading" ? stage.one.id : null;
  const file = stage.at === "reading" ? stage.file : null;
  const { data, error } = useQuery({
    queryKey: ["imports", "one", id],
    queryFn: ({ signal }) => get<Import>(`/api/imports/${part(id as string)}`, signal),
    enabled: id !== null,
    refetchInterval: LOOK_AGAIN_MS,
    staleTime: 0,
    gcTime: 0,
  });
  useEffect(() => {
    if (!data || data.id !== id) return;
    setStage(stageOf(data, file));
    if (!isRunning(data)) void refreshImported(queries);
  }, [data, id, file, setStage, queries]);
  useEffect(() => {
    if (error instanceof Refused) setStage({ at: "choosing", problem: { why: "error", error } });
  }, [error, setStage]);
}

async function refreshImported(queries: QueryClient): Promise<void> {
  await Promise.all(CHANGED.map((key) => queries.invalidateQueries({ queryKey: [key] })));
}

/** Import a previewed file. Tau keeps it for a while after the preview; later it is sent again. */
async function take(
  stage: Stage,
  terms: Terms,
  setStage: SetStage,
  send: (file: File, terms: Terms) => Promise<void>,
): Promise<void> {
  if (stage.at !== "review") return;
  const { one, file } = stage;
  try {
    const begun = await post<Import>(`/api/imports/${part(one.id)}/take${query({ ...terms })}`);
    setStage(stageOf(begun, file));
  } catch (error) {
    const letGo = error instanceof Refused && (error.status === 409 || error.status === 404);
    if (letGo && file) await send(file, terms);
    else setStage({ ...stage, problem: { why: "error", error } });
  }
}

async function stop(
  stage: Stage,
  sending: AbortController | null,
  setStage: SetStage,
  queries: QueryClient,
): Promise<void> {
  if (stage.at === "sending") sending?.abort();
  if (stage.at !== "reading") return;
  try {
    setStage(stageOf(await erase<Import>(`/api/imports/${part(stage.one.id)}`), stage.file));
    await refreshImported(queries);
  } catch {
    await queries.invalidateQueries({ queryKey: ["imports"] }); // it had already ended
  }
}

/** Resume the import that was open when the page was last closed. */
export function useLeftOpen({ stage, resume }: ImportFlow): void {
  const { data } = useImports();
  const done = useRef(false);
  useEffect(() => {
    if (!data || done.current) return;
    done.current = true;
    const open = leftOpen(data.imports);
    if (open && stage.at === "choosing") resume(open);
  }, [data, stage, resume]);
}
