/** What keys do in the editor. */

import {
  baseKeymap,
  chainCommands,
  deleteSelection,
  joinBackward,
  selectNodeBackward,
} from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { InputRule, inputRules } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { type Command, Plugin } from "prosemirror-state";
import type { DocumentBlock } from "../types";
import { haveSameShape } from "./merging";
import { blockOf, blocksOf } from "./schema";

/** Marks a change that comes from the server, or only names blocks. */
export const FROM_SERVER = "server";

const PLAIN = { kind: "paragraph", level: 0, marker: "" };

/** Return the plugins for keys. Without `isMarkdown`, blocks stay as they are, as in a Word file. */
export function keyPlugins(isMarkdown: boolean, leave: () => void): Plugin[] {
  const out: Command = () => {
    leave();
    return true;
  };
  const keys: Record<string, Command> = { "Mod-z": undo, "Mod-y": redo, "Shift-Mod-z": redo };
  const both = { ...keys, "Shift-Enter": newLine(isMarkdown), Escape: out };
  if (!isMarkdown) {
    const still = { ...both, Enter: newLine(false) };
    return [keymap(still), keymap(baseKeymap), history(), sameBlocksPlugin()];
  }
  const backward = chainCommands(deleteSelection, toParagraph, joinBackward, selectNodeBackward);
  return [
    blockRules(),
    keymap({
      ...both,
      Enter: split,
      Backspace: backward,
      "Mod-b": surround("**"),
      "Mod-i": surround("*"),
    }),
    keymap(baseKeymap),
    history(),
    idsPlugin(),
  ];
}

/** Break the line within a block; Markdown needs a sign for it. */
function newLine(isMarkdown: boolean): Command {
  return (state, dispatch) => {
    if (!state.selection.$from.parent.isTextblock) return false;
    const { kind } = blockOf(state.selection.$from.parent);
    const isPlain = !isMarkdown || kind === "code" || kind === "table";
    dispatch?.(state.tr.insertText(isPlain ? "\n" : "\\\n").scrollIntoView());
    return true;
  };
}

/** Begin a block: an item after an item, otherwise a paragraph. An empty item ends its list. */
const split: Command = (state, dispatch) => {
  const { $from } = state.selection;
  if (!$from.parent.isTextblock) return false;
  const block = blockOf($from.parent);
  if (block.kind === "code" || block.kind === "table") return newLine(true)(state, dispatch);
  if (block.kind === "item" && !block.text) return toParagraph(state, dispatch);
  if (!dispatch) return true;
  const tr = state.tr.deleteSelection();
  const attrs = { id: "", ...(block.kind === "item" ? following(block) : PLAIN) };
  tr.split(tr.selection.from, 1, [{ type: $from.parent.type, attrs }]);
  dispatch(tr.scrollIntoView());
  return true;
};

function following({ level, marker }: DocumentBlock) {
  const number = /^\d+/.exec(marker)?.[0];
  const next = number ? marker.replace(number, String(Number(number) + 1)) : marker;
  return { kind: "item", level, marker: next };
}

/** At the beginning of a heading, an item or a quote: make it a paragraph. */
const toParagraph: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.parentOffset || !$from.parent.isTextblock) return false;
  if ($from.parent.attrs.kind === "paragraph") return false;
  const attrs = { ...$from.parent.attrs, ...PLAIN };
  dispatch?.(state.tr.setNodeMarkup($from.before(), null, attrs).scrollIntoView());
  return true;
};

/** Put signs around the selection, or take them away. */
function surround(sign: string): Command {
  return (state, dispatch) => {
    const { from, to, $from, $to } = state.selection;
    if (from === to || !$from.sameParent($to)) return false;
    const text = state.doc.textBetween(from - Math.min(sign.length, $from.parentOffset), from);
    const after = state.doc.textBetween(to, Math.min(to + sign.length, $to.end()));
    const tr = state.tr;
    if (text === sign && after === sign) {
      tr.delete(to, to + sign.length).delete(from - sign.length, from);
    } else {
      tr.insertText(sign, to).insertText(sign, from);
    }
    dispatch?.(tr);
    return true;
  };
}

/** Signs at the beginning of a paragraph make it a heading, an item or a quote. */
function blockRules(): Plugin {
  const rule = (pattern: RegExp, attrs: (match: RegExpMatchArray) => Partial<DocumentBlock>) =>
    new InputRule(pattern, (state, match, start, end) => {
      const $start = state.doc.resolve(start);
      if ($start.parent.attrs.kind !== "paragraph") return null;
      const made = { ...$start.parent.attrs, ...attrs(match) };
      return state.tr.delete(start, end).setNodeMarkup($start.before(), null, made);
    });
  return inputRules({
    rules: [
      rule(/^(#{1,6})\s$/, ([, signs = "#"]) => ({ kind: "heading", level: signs.length })),
      rule(/^([-*+]|\d{1,9}[.)])\s$/, ([, marker = "-"]) => ({ kind: "item", marker })),
      rule(/^>\s$/, () => ({ kind: "quote" })),
    ],
  });
}

/** A block that was split or copied has no id until the server gives it one. */
function idsPlugin(): Plugin {
  return new Plugin({
    appendTransaction: (transactions, _, state) => {
      if (!transactions.some((one) => one.docChanged)) return null;
      const seen = new Set<string>();
      const tr = state.tr;
      state.doc.forEach((node, at) => {
        const id = node.attrs.id as string;
        if (id && seen.has(id)) tr.setNodeAttribute(at, "id", "");
        seen.add(id);
      });
      return tr.docChanged ? tr : null;
    },
  });
}

/** Refuse what would add, remove or join blocks. */
function sameBlocksPlugin(): Plugin {
  return new Plugin({
    filterTransaction: (tr, state) =>
      !tr.docChanged ||
      tr.getMeta(FROM_SERVER) === true ||
      haveSameShape(blocksOf(state.doc), blocksOf(tr.doc)),
  });
}
