/** What is shown in the text: proposed changes, findings of checks, and the look of Markdown. */

import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import type { DocumentEdit, DocumentMark } from "../types";
import { stylesOf } from "./markdown";
import { placesOf, unitsOf } from "./schema";

export interface Marks {
  edits: readonly DocumentEdit[];
  findings: readonly DocumentMark[];
  /** The edit that keys are about. */
  at: string | null;
  /** The elements for the notes below blocks, by the ids of the blocks. */
  slots: ReadonlyMap<string, HTMLElement>;
}

const MARKS = new PluginKey<DecorationSet>("marks");

/** Show other marks. */
export function withMarks(tr: Transaction, marks: Marks): Transaction {
  return tr.setMeta(MARKS, marks);
}

/** The plugin that shows marks; while somebody writes, they move with the text. */
export function marksPlugin(): Plugin {
  return new Plugin<DecorationSet>({
    key: MARKS,
    state: {
      init: () => DecorationSet.empty,
      apply: (tr, before) => {
        const marks = tr.getMeta(MARKS) as Marks | undefined;
        if (marks) return DecorationSet.create(tr.doc, decorations(tr.doc, marks));
        return tr.docChanged ? before.map(tr.mapping, tr.doc) : before;
      },
    },
    props: { decorations: (state) => MARKS.getState(state) },
  });
}

function decorations(doc: Node, { edits, findings, at, slots }: Marks): Decoration[] {
  const places = placesOf(doc);
  const found: Decoration[] = [];
  for (const edit of edits) {
    const place = places.get(edit.block);
    if (place && edit.start >= 0) found.push(...ofEdit(edit, place, edit.id === at));
  }
  for (const { block, start, end } of findings) {
    const place = places.get(block);
    if (!place || end <= start) continue;
    const text = place.node.textContent;
    const from = place.start + 1 + unitsOf(text, start);
    const to = place.start + 1 + unitsOf(text, end);
    found.push(Decoration.inline(from, to, { class: "finding" }));
  }
  for (const [block, slot] of slots) {
    const place = places.get(block);
    const below = place && place.start + place.node.nodeSize;
    const how = { side: -1, key: `notes-${block}`, ignoreSelection: true, stopEvent: () => true };
    if (below !== undefined) found.push(Decoration.widget(below, slot, how));
  }
  return found;
}

function ofEdit(
  edit: DocumentEdit,
  { node, start }: { node: Node; start: number },
  isCurrent: boolean,
): Decoration[] {
  const text = node.textContent;
  const first = unitsOf(text, edit.start);
  if (!text.startsWith(edit.find, first)) return [];
  const from = start + 1 + first;
  const to = from + edit.find.length;
  const current = isCurrent ? " current" : "";
  const found: Decoration[] = [];
  if (edit.find) {
    const look = { nodeName: "del", class: `proposed${current}`, "data-proposed": edit.id };
    found.push(Decoration.inline(from, to, look));
  }
  if (edit.replace) {
    const how = { side: 1, key: `${edit.id}${current}${edit.replace}`, marks: [] };
    found.push(Decoration.widget(to, () => inserted(edit, current), how));
  }
  return found;
}

function inserted(edit: DocumentEdit, current: string): HTMLElement {
  const element = document.createElement("ins");
  element.className = `proposed${current}`;
  element.dataset.proposed = edit.id;
  element.textContent = edit.replace;
  return element;
}

/** The plugin that shows bold as bold; the signs show only in the block that is written in. */
export function looksPlugin(): Plugin {
  return new Plugin<DecorationSet>({
    state: {
      init: (_, { doc }) => DecorationSet.create(doc, looksOf(doc)),
      apply: (tr, before, { doc }) => (tr.docChanged ? looksAfter(tr, before, doc) : before),
    },
    props: {
      decorations(state) {
        return this.getState(state);
      },
    },
  });
}

/** Blocks that stayed keep their looks: a key press in a long text reads one block. */
function looksAfter(tr: Transaction, before: DecorationSet, old: Node): DecorationSet {
  const stayed = new Set<Node>();
  old.forEach((node) => void stayed.add(node));
  let looks = before.map(tr.mapping, tr.doc);
  tr.doc.forEach((node, start) => {
    if (stayed.has(node)) return;
    looks = looks.remove(looks.find(start, start + node.nodeSize));
    looks = looks.add(tr.doc, looksOfBlock(node, start));
  });
  return looks;
}

function looksOf(doc: Node): Decoration[] {
  const found: Decoration[] = [];
  doc.forEach((node, start) => void found.push(...looksOfBlock(node, start)));
  return found;
}

function looksOfBlock(node: Node, start: number): Decoration[] {
  if (["code", "table"].includes(node.attrs.kind as string)) return [];
  return stylesOf(node.textContent).map((styled) =>
    Decoration.inline(start + 1 + styled.start, start + 1 + styled.end, {
      class: `md-${styled.look}`,
    }),
  );
}

/** The plugin that marks the block with the selection. */
export function herePlugin(): Plugin {
  return new Plugin({
    props: {
      decorations: ({ doc, selection: { $from, $to } }) => {
        if (!$from.depth) return null;
        const here: Decoration[] = [];
        doc.nodesBetween($from.before(1), $to.after(1), (node, at) => {
          here.push(Decoration.node(at, at + node.nodeSize, { class: "here" }));
          return false;
        });
        return DecorationSet.create(doc, here);
      },
    },
  });
}
