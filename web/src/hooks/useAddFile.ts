import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { query } from "../core/http";
import type { ExampleTrust } from "../core/studio/sources";
import { headOf, isTable } from "../core/studio/tables";
import type { AddedFile, TableColumns } from "../core/types";
import { upload } from "../core/upload";
import { projectPath } from "./useProjects";

/** What is said about a file; columns and sheet matter for tables only. */
export interface FileOptions {
  input: string;
  output: string;
  sheet: string;
  instructions: string;
  trust: ExampleTrust;
  licence: string;
}

/** The steps: choose a file, read its columns, say what it is, send it, done. */
export type AddStage =
  | { at: "choosing"; error: unknown }
  | { at: "columns"; file: File }
  | { at: "options"; file: File; columns: string[]; sheet: string; error: unknown }
  | { at: "sending"; file: File; part: number }
  | { at: "done"; file: File; added: AddedFile };

const CHOOSING: AddStage = { at: "choosing", error: null };

/** Return the step of adding a file to a project, and what leads on. */
export function useAddFile(project: string) {
  const queries = useQueryClient();
  const [stage, setStage] = useState<AddStage>(CHOOSING);
  const stopping = useRef<AbortController | null>(null);
  useEffect(() => () => stopping.current?.abort(), []);
  const send = useCallback(
    async <T>(path: string, body: Blob, onPart: (part: number) => void) => {
      stopping.current = new AbortController();
      const { signal } = stopping.current;
      return await upload<T>(projectPath(project, path), body, { onPart, signal });
    },
    [project],
  );
  const choose = async (file: File, sheet = "") => {
    if (!isTable(file.name)) {
      setStage({ at: "options", file, columns: [], sheet: "", error: null });
      return;
    }
    setStage({ at: "columns", file });
    const path = `/columns${query({ name: file.name, sheet: sheet || undefined })}`;
    try {
      const { columns } = await send<TableColumns>(path, headOf(file), () => {});
      setStage({ at: "options", file, columns, sheet, error: null });
    } catch (error) {
      // Of a spreadsheet's sheets only the name may be wrong.
      if (sheet) setStage({ at: "options", file, columns: [], sheet, error });
      else setStage({ at: "choosing", error });
    }
  };
  const add = async (file: File, columns: string[], options: FileOptions) => {
    setStage({ at: "sending", file, part: 0 });
    const { input, output, sheet, ...rest } = options;
    const table = columns.length > 0 ? { input, output, sheet } : {};
    try {
      const path = `/files${query({ name: file.name, ...table, ...rest })}`;
      const onPart = (part: number) => setStage({ at: "sending", file, part });
      const added = await send<AddedFile>(path, file, onPart);
      setStage({ at: "done", file, added });
      void queries.invalidateQueries({ queryKey: ["studio"] });
    } catch (error) {
      setStage({ at: "options", file, columns, sheet: options.sheet, error });
    }
  };
  return { stage, choose, add, restart: () => setStage(CHOOSING) };
}

export type AddFileFlow = ReturnType<typeof useAddFile>;
