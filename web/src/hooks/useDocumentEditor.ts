import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { draftOf, keepDraft } from "../core/drafts";
import type { DocumentDraft, SessionState } from "../core/editor/callbacks";
import type { Marks } from "../core/editor/marks";
import { EditorSession } from "../core/editor/session";
import type { WrittenDocument } from "../core/types";
import { holdUnsaved } from "../core/unsaved";
import { loadDocument, saveDocument, showDocument } from "./useDocuments";

interface Asked {
  document: WrittenDocument;
  /** What the field is called. */
  label: string;
  onLeave: () => void;
  onPressed: (edit: string) => void;
}

const draftName = (id: string) => `document.${id}`;

/** Return the editor of a document, to be put into the element of `host`. */
export function useDocumentEditor(asked: Asked) {
  const cache = useQueryClient();
  const host = useRef<HTMLDivElement>(null);
  const session = useRef<EditorSession | null>(null);
  const latest = useRef(asked);
  const { id, version } = asked.document;
  const [state, setState] = useState<SessionState>({ saving: "saved", error: null, version });
  useEffect(() => {
    latest.current = asked;
  });
  useEffect(() => {
    if (!host.current) return;
    const { document, label } = latest.current;
    const opened = new EditorSession(host.current, document, kept(id), label, {
      save: async (after, saved) => {
        const changed = await saveDocument(id, { after, ...saved });
        await showDocument(cache, changed);
        return changed;
      },
      load: () => loadDocument(id),
      keep: (draft) => keepDraft(draftName(id), draft ? JSON.stringify(draft) : "", false),
      onState: setState,
      onLeave: () => latest.current.onLeave(),
      onPressed: (edit) => latest.current.onPressed(edit),
    });
    session.current = opened;
    const hidden = () => {
      if (globalThis.document.hidden) void opened.flush().catch(() => undefined);
    };
    globalThis.document.addEventListener("visibilitychange", hidden);
    const leaving = () => opened.look();
    addEventListener("pagehide", leaving);
    const drop = holdUnsaved(() => opened.flush());
    return () => {
      drop();
      removeEventListener("pagehide", leaving);
      globalThis.document.removeEventListener("visibilitychange", hidden);
      session.current = null;
      opened.close();
    };
  }, [id, cache]);
  useEffect(() => session.current?.receive(asked.document), [asked.document]);
  const acts = useMemo(
    () => ({
      flush: async () => session.current?.flush(),
      settle: (mine: boolean) => session.current?.settle(mine),
      replace: (...what: Parameters<EditorSession["replace"]>) => session.current?.replace(...what),
    }),
    [],
  );
  const mark = useCallback((marks: Marks) => session.current?.mark(marks), []);
  return { host, state, mark, ...acts };
}

/** Return what was written in a document on this device and isn't saved. */
function kept(id: string): DocumentDraft | null {
  try {
    const draft: unknown = JSON.parse(draftOf(draftName(id)) || "null");
    const { base, blocks } = (draft ?? {}) as Partial<DocumentDraft>;
    return Array.isArray(base) && Array.isArray(blocks) ? { base, blocks } : null;
  } catch {
    return null;
  }
}
