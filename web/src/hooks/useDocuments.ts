import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Saved } from "../core/editor/merging";
import { get, part, post, put, request } from "../core/http";
import type {
  ArtifactPage,
  CheckedDocument,
  DocumentTemplates,
  VersionList,
  WrittenDocument,
} from "../core/types";

const WRITING = "/api/experts/writing";
const DOCUMENTS = `${WRITING}/documents`;
const MOST_VERSIONS = 100;
const LIST = ["documents"];

const pathOf = (id: string) => `${DOCUMENTS}/${part(id)}`;
const keyOf = (id: string) => ["documents", id];

/** The address of a document as a file. */
export function fileOf(id: string, format: string): string {
  return `${pathOf(id)}/file?format=${format}`;
}

export function useDocuments() {
  return useQuery({
    queryKey: LIST,
    queryFn: ({ signal }) => get<ArtifactPage>("/api/artifacts?expert=writing&limit=200", signal),
    select: (found) => found.artifacts.filter((one) => one.type === "document"),
  });
}

/** The versions of a document, the newest first. */
export function useVersions({ id, version }: WrittenDocument, enabled: boolean) {
  return useQuery({
    queryKey: [...keyOf(id), "versions", version],
    queryFn: ({ signal }) => get<VersionList>(`/api/artifacts/${part(id)}/versions`, signal),
    select: ({ versions }) => versions.slice(-MOST_VERSIONS).reverse(),
    placeholderData: (before) => before,
    enabled,
  });
}

export function useTemplates() {
  return useQuery({
    queryKey: ["documents", "templates"],
    queryFn: ({ signal }) => get<DocumentTemplates>(`${WRITING}/templates`, signal),
  });
}

export function useDocument(id: string) {
  return useQuery({
    queryKey: keyOf(id),
    queryFn: ({ signal }) => get<WrittenDocument>(pathOf(id), signal),
  });
}

/** The checks of a version: they're asked again whenever the text changes. */
export function useChecks({ id, version }: WrittenDocument) {
  return useQuery({
    queryKey: [...keyOf(id), "checks", version],
    queryFn: () => post<CheckedDocument>(`${pathOf(id)}/checks`, {}),
    placeholderData: (before) => before,
  });
}

/** Begin a document, from a template or from a file. */
export function useBegin(done: (made: WrittenDocument) => void) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (from: string | File) => {
      if (typeof from === "string") return post<WrittenDocument>(DOCUMENTS, { template: from });
      const path = `${DOCUMENTS}/file?name=${part(from.name)}`;
      const answer = await request("POST", path, { body: from });
      return (await answer.json()) as WrittenDocument;
    },
    onSuccess: (made) => {
      void cache.invalidateQueries({ queryKey: LIST, exact: true });
      done(made);
    },
  });
}

export function loadDocument(id: string): Promise<WrittenDocument> {
  return get<WrittenDocument>(pathOf(id));
}

/** Save what was written, made of the version `after`. */
export function saveDocument(id: string, body: Saved & { after: string }) {
  return put<WrittenDocument>(pathOf(id), body);
}

/** Show a document as a request has changed it; what is being fetched would be older. */
export async function showDocument(cache: QueryClient, changed: WrittenDocument): Promise<void> {
  await cache.cancelQueries({ queryKey: keyOf(changed.id), exact: true });
  cache.setQueryData(keyOf(changed.id), changed);
}

export type Decision = "accepted" | "rejected" | "undone";

export type DocumentChange =
  | { to: "edits"; instruction: string }
  /** Back to an earlier version. */
  | { to: "version"; version: string }
  /** About some edits, those of a paragraph or of a rule, or all; to undo, the newest by default. */
  | { to: "decisions"; decision: Decision; edits?: string[]; block?: string; rule?: string };

/** Change a document, once what was typed is saved; the answer is shown at once. */
export function useChange(id: string, flush: () => Promise<unknown>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async ({ to, ...body }: DocumentChange) => {
      await flush();
      if (to !== "version") return post<WrittenDocument>(`${pathOf(id)}/${to}`, body);
      const { version: after } = await loadDocument(id);
      await post(`/api/artifacts/${part(id)}/undo`, { ...body, after });
      return loadDocument(id);
    },
    onSuccess: (changed) => showDocument(cache, changed),
    onError: () => cache.invalidateQueries({ queryKey: keyOf(id), exact: true }),
  });
}

/** Remember a style that the person said yes to. */
export function rememberStyle(statement: string): Promise<unknown> {
  return post("/api/memory/facts", { text: statement });
}
