/** Documents as they're shown: the edits and findings that wait, and keys. Pure. */

import type { DocumentBlock, DocumentEdit, DocumentMark } from "./types";

export type EditAct = "accept" | "reject" | "next" | "previous";

/** Return the edits that wait, in the order of the text. */
export function openEdits(
  blocks: readonly DocumentBlock[],
  edits: readonly DocumentEdit[],
): DocumentEdit[] {
  const places = new Map(blocks.map((block, place) => [block.id, place]));
  return edits
    .filter((edit) => edit.state === "open")
    .sort(
      (one, other) =>
        (places.get(one.block) ?? 0) - (places.get(other.block) ?? 0) || one.start - other.start,
    );
}

/** Edits of one kind: of one rule, or of one model. */
export interface EditKind {
  rule: string;
  by: string;
  edits: DocumentEdit[];
}

/** Return the kinds that several edits are of, if not all are of one. */
export function kindsOf(open: readonly DocumentEdit[]): EditKind[] {
  const kinds = new Map<string, EditKind>();
  for (const edit of open) {
    const kind = kinds.get(edit.rule) ?? { rule: edit.rule, by: edit.by, edits: [] };
    kind.edits.push(edit);
    kinds.set(edit.rule, kind);
  }
  return kinds.size > 1 ? [...kinds.values()].filter(({ edits }) => edits.length > 1) : [];
}

/** Return what checks found, by block, without what an edit that waits is about already. */
export function findingsBeside(
  findings: readonly DocumentMark[],
  open: readonly DocumentEdit[],
): DocumentMark[] {
  const isCovered = (mark: DocumentMark) =>
    open.some(
      ({ block, start, find }) =>
        block === mark.block && start < mark.end && mark.start <= start + Array.from(find).length,
    );
  return findings.filter((mark) => mark.block !== "" && !isCovered(mark));
}

/** Return findings without those that would only say again what one before them says. */
export function distinctFindings(findings: readonly DocumentMark[]): DocumentMark[] {
  const said = new Set<string>();
  return findings.filter((mark) => {
    const what = `${mark.rule}\n${mark.message}`;
    const isAgain = mark.replacements.length === 0 && said.has(what);
    said.add(what);
    return !isAgain;
  });
}

/** Where a key is pressed. */
export interface KeyPlace {
  /** Somebody writes there. */
  isField: boolean;
  /** It's the note of an edit, and nothing within it. */
  isNote: boolean;
}

const ACTS: Record<string, EditAct> = {
  a: "accept",
  r: "reject",
  n: "next",
  j: "next",
  k: "previous",
};
const NOTE_ACTS: Record<string, EditAct> = {
  enter: "accept",
  backspace: "reject",
  delete: "reject",
  arrowdown: "next",
  arrowup: "previous",
};

/** Return what a key does among edits; nothing while somebody writes or holds a modifier. */
export function editAct(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">,
  { isField, isNote }: KeyPlace,
): EditAct | null {
  if (event.ctrlKey || event.metaKey || event.altKey || isField) return null;
  const key = event.key.toLowerCase();
  return ACTS[key] ?? (isNote ? (NOTE_ACTS[key] ?? null) : null);
}

/** Return the edit some steps from this one, round the ends of the text. */
export function following(
  edits: readonly DocumentEdit[],
  id: string | null,
  step: 1 | -1 = 1,
): string | null {
  const at = edits.findIndex((edit) => edit.id === id);
  const first = at < 0 && step < 0 ? 0 : at;
  return edits[(first + step + edits.length) % Math.max(1, edits.length)]?.id ?? null;
}
