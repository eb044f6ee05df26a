import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, part, post, put, request } from "../core/http";
import type {
  ArtifactPage,
  CheckedDocument,
  DocumentTemplates,
  WrittenDocument,
} from "../core/types";

const WRITING = "/api/experts/writing";
const DOCUMENTS = `${WRITING}/documents`;
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

export type DocumentChange =
  | { to: "edits"; instruction: string }
  | { to: "decisions"; decision: "accepted" | "rejected" | "undone"; edits?: string[] }
  | { to: "text"; after: string; blocks: Record<string, string> };

/** Change a document; the answer is shown at once. */
export function useChange(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (change: DocumentChange) => {
      const { to, ...body } = change;
      if (to === "text") return put<WrittenDocument>(pathOf(id), body);
      return post<WrittenDocument>(`${pathOf(id)}/${to}`, body);
    },
    onMutate: () => cache.cancelQueries({ queryKey: keyOf(id), exact: true }), // it would be older
    onSuccess: (changed) => cache.setQueryData(keyOf(id), changed),
    onError: () => cache.invalidateQueries({ queryKey: keyOf(id), exact: true }),
  });
}

/** Remember a style that the person said yes to. */
export function rememberStyle(statement: string): Promise<unknown> {
  return post("/api/memory/facts", { text: statement });
}
