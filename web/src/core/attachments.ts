/**
 * Files that go with the next message, by the draft they belong to.
 *
 * They're sent as soon as they are chosen, and last as long as the page. Knows no screen.
 */

import { query } from "./http";
import { Store } from "./store";
import type { Attachment, FileSource } from "./types";
import { upload } from "./upload";

export const MOST_FILES = 10;
export const MAX_MEGABYTES = 20;
/** As in the attribute of an input. */
export const ACCEPTED =
  ".pdf,.docx,.xlsx,.csv,.tsv,.md,.markdown,.txt,.text,image/png,image/jpeg,image/webp,image/gif";

export interface ChosenFile {
  key: number;
  name: string;
  /** The part that was sent, from 0 to 1. */
  part: number;
  /** What Tau read, once it has. */
  file: Attachment | null;
  /** Why it can't be attached. */
  error: unknown;
}

type Chosen = readonly ChosenFile[];

export const chosenFiles = new Store<ReadonlyMap<string, Chosen>>(new Map());
const sending = new Map<number, AbortController>();
let count = 0;

export class TooLarge extends Error {}

/** Return the files of a draft. */
export function filesOf(name: string): Chosen {
  return chosenFiles.get().get(name) ?? [];
}

function put(name: string, files: Chosen): void {
  const all = new Map(chosenFiles.get());
  if (files.length) all.set(name, files);
  else all.delete(name);
  chosenFiles.set(all);
}

function change(key: number, more: Partial<ChosenFile>): void {
  for (const [name, files] of chosenFiles.get()) {
    if (files.some((one) => one.key === key)) {
      put(
        name,
        files.map((one) => (one.key === key ? { ...one, ...more } : one)),
      );
      return;
    }
  }
}

/** Send files for a draft; resolves when all of them were read or refused. */
export async function attach(name: string, files: readonly File[]): Promise<void> {
  const room = MOST_FILES - filesOf(name).length;
  await Promise.all(files.slice(0, Math.max(room, 0)).map((file) => send(name, file)));
}

async function send(name: string, file: File): Promise<void> {
  const key = ++count;
  const stopping = new AbortController();
  sending.set(key, stopping);
  put(name, [...filesOf(name), { key, name: file.name, part: 0, file: null, error: null }]);
  try {
    if (file.size > MAX_MEGABYTES << 20) throw new TooLarge();
    const read = await upload<Attachment>(`/api/attachments${query({ name: file.name })}`, file, {
      onPart: (part) => change(key, { part }),
      signal: stopping.signal,
    });
    change(key, { file: read, part: 1 });
  } catch (error) {
    if (!stopping.signal.aborted) change(key, { error });
  } finally {
    sending.delete(key);
  }
}

/** Take a file out of a draft. What was sent of it is deleted within a day. */
export function takeOut(name: string, key: number): void {
  sending.get(key)?.abort();
  put(
    name,
    filesOf(name).filter((one) => one.key !== key),
  );
}

/** Whether a file is still on its way. */
export function isSending({ file, error }: ChosenFile): boolean {
  return file === null && error === null;
}

/** Return the files of a draft that can be sent, and empty it. */
export function takeFiles(name: string): readonly Attachment[] {
  const files = filesOf(name);
  put(name, []);
  return files.flatMap((one) => one.file ?? []);
}

/** Put files back, because their message was refused. */
export function giveFilesBack(name: string, files: readonly Attachment[]): void {
  const back = files.map((file) => ({ key: ++count, name: file.name, part: 1, file, error: null }));
  put(name, [...back, ...filesOf(name)]);
}

export function isPicture({ media_type }: Pick<Attachment, "media_type">): boolean {
  return media_type.startsWith("image/");
}

export function contentOf({ id }: Pick<Attachment, "id">): string {
  return `/api/attachments/${encodeURIComponent(id)}/content`;
}

/** Sources of a reply with the same place, once: a page may have several passages. */
export interface SourcePlace {
  key: string;
  name: string;
  page: number;
  place: string;
  texts: readonly string[];
}

/** Return where a reply's sources are, in their order. */
export function placesOf(sources: readonly FileSource[]): readonly SourcePlace[] {
  const places = new Map<string, SourcePlace>();
  for (const { attachment, name, page, place, text } of sources) {
    const key = `${attachment} ${page} ${place}`;
    const known = places.get(key);
    places.set(key, { key, name, page, place, texts: [...(known?.texts ?? []), text] });
  }
  return [...places.values()];
}
