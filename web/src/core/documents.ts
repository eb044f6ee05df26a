/** Documents as they're shown: the pieces of a block with its open edits, and keys. Pure. */

import type { DocumentBlock, DocumentEdit } from "./types";

export type Piece =
  | { kind: "text"; text: string; start: number }
  | { kind: "edit"; edit: DocumentEdit; start: number };

export type EditAct = "accept" | "reject" | "next";

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

/** Cut the text of a block at its open edits. */
export function piecesOf(block: DocumentBlock, edits: readonly DocumentEdit[]): Piece[] {
  // Places count characters as Python does; a string here has two units for some.
  const characters = Array.from(block.text);
  const pieces: Piece[] = [];
  let at = 0;
  for (const edit of openEdits(
    [block],
    edits.filter((one) => one.block === block.id),
  )) {
    if (edit.start < at) continue;
    if (edit.start > at) {
      pieces.push({ kind: "text", text: characters.slice(at, edit.start).join(""), start: at });
    }
    pieces.push({ kind: "edit", edit, start: edit.start });
    at = edit.start + Array.from(edit.find).length;
  }
  const rest = characters.slice(at).join("");
  if (rest || !pieces.length) pieces.push({ kind: "text", text: rest, start: at });
  return pieces;
}

/** Return what a key does among edits; nothing while somebody writes or holds a modifier. */
export function editAct(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">,
  within: string,
): EditAct | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (within === "TEXTAREA" || within === "INPUT" || within === "SELECT") return null;
  const acts: Record<string, EditAct> = { a: "accept", r: "reject", n: "next" };
  return acts[event.key.toLowerCase()] ?? null;
}

/** Return the edit after this one, from the beginning after the last. */
export function following(edits: readonly DocumentEdit[], id: string | null): string | null {
  const at = edits.findIndex((edit) => edit.id === id);
  return edits[(at + 1) % Math.max(1, edits.length)]?.id ?? null;
}
