/** Changes of the editor's document that come from the server: they aren't undone by typing. */

import type { Node } from "prosemirror-model";
import type { EditorState, Transaction } from "prosemirror-state";
import { Mapping } from "prosemirror-transform";
import type { DocumentBlock } from "../types";
import { FROM_SERVER } from "./commands";
import { isKept } from "./markdown";
import { haveSameShape } from "./merging";
import { blockOf, blocksOf, docOf } from "./schema";

type Blocks = readonly DocumentBlock[];

/** Return the change to other blocks; what is the same stays, and the selection in it. */
export function withBlocks(state: EditorState, blocks: Blocks): Transaction {
  const tr = state.tr.setMeta(FROM_SERVER, true).setMeta("addToHistory", false);
  const before = blocksOf(state.doc);
  if (!haveSameShape(before, blocks)) return replaced(tr, docOf(blocks));
  const places: number[] = [];
  state.doc.forEach((_, at) => void places.push(at));
  for (let at = blocks.length - 1; at >= 0; at -= 1) {
    const [old, text] = [before[at]?.text ?? "", blocks[at]?.text ?? ""];
    if (old === text) continue;
    const first = shared(old, text);
    const last = shared(reversed(old.slice(first)), reversed(text.slice(first)));
    const from = (places[at] ?? 0) + 1 + first;
    const words = text.slice(first, text.length - last);
    tr.insertText(words, from, from + old.length - first - last);
  }
  return tr;
}

function shared(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

const reversed = (text: string) => text.split("").reverse().join("");

function replaced(tr: Transaction, next: Node): Transaction {
  const before = tr.doc.content;
  const start = before.findDiffStart(next.content);
  const end = before.findDiffEnd(next.content);
  if (start === null || end === null) return tr;
  const overlap = Math.max(0, start - Math.min(end.a, end.b));
  return tr.replace(start, end.a + overlap, next.slice(start, end.b + overlap));
}

/** Return the change that gives the blocks of a saved text their ids, after what was typed since. */
export function withIds(
  state: EditorState,
  sent: Node,
  since: readonly Transaction[],
  blocks: Blocks,
): Transaction {
  const tr = state.tr.setMeta(FROM_SERVER, true).setMeta("addToHistory", false);
  const mapping = new Mapping(since.flatMap((one) => one.mapping.maps));
  const kept: { at: number; block: DocumentBlock }[] = [];
  sent.forEach((node, at) => void kept.push({ at, block: blockOf(node) }));
  const written = kept.filter(({ block }) => isKept(block));
  if (!wereRead(written, blocks)) return since.length ? tr : withBlocks(state, blocks);
  const ids = new Map(written.map(({ at }, place) => [at, blocks[place]?.id ?? ""]));
  for (const { at } of kept) {
    const moved = mapping.mapResult(at, 1);
    const node = tr.doc.nodeAt(moved.pos);
    const id = ids.get(at) ?? "";
    if (!moved.deleted && node && node.attrs.id !== id) tr.setNodeAttribute(moved.pos, "id", id);
  }
  return tr;
}

/** Return whether the server read the blocks that were written, but for spaces at their ends. */
function wereRead(written: readonly { block: DocumentBlock }[], blocks: Blocks): boolean {
  return (
    written.length === blocks.length &&
    written.every(({ block }, at) => {
      const read = blocks[at];
      return read?.kind === block.kind && read.text.trim() === block.text.trim();
    })
  );
}
