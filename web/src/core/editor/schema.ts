/**
 * The document of the editor: the blocks of the server, each with its id and its text as Markdown.
 *
 * Marks such as bold are characters of the text, as on the server, so that a place in a block means
 * the same on both sides. `marks.ts` shows them.
 */

import { type DOMOutputSpec, type Node, Schema } from "prosemirror-model";
import type { DocumentBlock } from "../types";

type Kind = DocumentBlock["kind"];

const TAGS: Partial<Record<Kind, string>> = { code: "pre", table: "pre", quote: "blockquote" };
const BULLETS = "-*+";

const attrs = (kind: Kind) => ({
  id: { default: "" },
  kind: { default: kind },
  level: { default: 0 },
  marker: { default: "" },
});

export const schema = new Schema({
  nodes: {
    doc: { content: "(block | rule)+" },
    block: {
      content: "text*",
      marks: "",
      whitespace: "pre",
      defining: true,
      attrs: attrs("paragraph"),
      toDOM: drawn,
    },
    rule: { atom: true, attrs: attrs("rule"), toDOM: () => ["hr"] },
    text: {},
  },
});

function drawn({ attrs }: Node): DOMOutputSpec {
  const { kind, level, marker } = attrs as DocumentBlock;
  const tag = kind === "heading" ? `h${Math.min(6, level + 1)}` : (TAGS[kind] ?? "p");
  const look: Record<string, string> = { dir: "auto", "data-kind": kind };
  if (kind === "item") {
    look["data-marker"] = BULLETS.includes(marker || "-") ? "•" : marker;
    look["data-level"] = String(Math.min(6, level));
  }
  return [tag, look, 0];
}

function nodeOf({ text, ...attrs }: DocumentBlock): Node {
  if (attrs.kind === "rule") return schema.node("rule", attrs);
  return schema.node("block", attrs, text ? [schema.text(text)] : []);
}

/** Return the editor's document of blocks. */
export function docOf(blocks: readonly DocumentBlock[]): Node {
  return schema.node("doc", null, blocks.length ? blocks.map(nodeOf) : [schema.node("block")]);
}

/** Return the block that a node is. */
export function blockOf(node: Node): DocumentBlock {
  const { id, kind, level, marker } = node.attrs as DocumentBlock;
  return { id, kind, level, marker, text: node.textContent };
}

/** Return the blocks of the editor's document. */
export function blocksOf(doc: Node): DocumentBlock[] {
  const blocks: DocumentBlock[] = [];
  doc.forEach((node) => void blocks.push(blockOf(node)));
  return blocks;
}

/** Return the places of blocks in the document, by their ids. */
export function placesOf(doc: Node): Map<string, { node: Node; start: number }> {
  const places = new Map<string, { node: Node; start: number }>();
  doc.forEach((node, start) => {
    if (node.attrs.id) places.set(node.attrs.id as string, { node, start });
  });
  return places;
}

/** Return how many units of a string its first characters have: the server counts characters. */
export function unitsOf(text: string, characters: number): number {
  let units = 0;
  for (const one of text) {
    if (characters-- <= 0) break;
    units += one.length;
  }
  return units;
}
