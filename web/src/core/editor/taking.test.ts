import { EditorState, TextSelection } from "prosemirror-state";
import { describe, expect, it } from "vitest";
import type { DocumentBlock } from "../types";
import { blocksOf, docOf, placesOf, unitsOf } from "./schema";
import { withBlocks, withIds } from "./taking";

const block = (id: string, text: string, more: Partial<DocumentBlock> = {}): DocumentBlock => ({
  id,
  text,
  kind: "paragraph",
  level: 0,
  marker: "",
  ...more,
});

const stateOf = (blocks: DocumentBlock[]) => EditorState.create({ doc: docOf(blocks) });
const textsOf = (state: EditorState) => blocksOf(state.doc).map(({ id, text }) => [id, text]);

describe("what the server has", () => {
  it("is shown, and leaves the selection where it is", () => {
    let state = stateOf([block("b1", "We utilise it"), block("b2", "here")]);
    const place = placesOf(state.doc).get("b2")?.start ?? 0;
    state = state.apply(state.tr.setSelection(TextSelection.create(state.doc, place + 3)));
    state = state.apply(withBlocks(state, [block("b1", "We use it"), block("b2", "here")]));
    expect(textsOf(state)).toEqual([
      ["b1", "We use it"],
      ["b2", "here"],
    ]);
    expect(state.selection.$from.parentOffset).toBe(2);
    expect(state.selection.$from.parent.textContent).toBe("here");
  });

  it.each([
    [[block("b1", "a"), block("b3", "new"), block("b2", "b")]],
    [[block("b2", "b")]],
    [[block("b1", "a", { kind: "heading", level: 1 }), block("b2", "b")]],
    [[block("b1", ""), block("b2", "", { kind: "rule" })]],
    [[]],
  ])("is shown whatever its blocks are: %j", (blocks) => {
    const state = stateOf([block("b1", "a"), block("b2", "b")]);
    const shown = blocksOf(state.apply(withBlocks(state, blocks)).doc);
    expect(shown).toEqual(blocks.length ? blocks : [block("", "")]);
  });
});

describe("blocks that were saved", () => {
  it("get their ids, however much was typed since", () => {
    const sent = docOf([block("b1", "a"), block("", "new"), block("", "")]);
    let state = EditorState.create({ doc: sent });
    const typed = state.tr.insertText("more ", 1);
    state = state.apply(typed);
    const saved = [block("b1", "a"), block("b2", "new")];
    state = state.apply(withIds(state, sent, [typed], saved));
    expect(textsOf(state)).toEqual([
      ["b1", "more a"],
      ["b2", "new"],
      ["", ""],
    ]);
  });

  it("become what the server read, if that is something else", () => {
    const sent = docOf([block("", "- a\n- b")]);
    const state = EditorState.create({ doc: sent });
    const item = { kind: "item" as const, marker: "-" };
    const read = [block("b1", "a", item), block("b2", "b", item)];
    expect(blocksOf(state.apply(withIds(state, sent, [], read)).doc)).toEqual(read);
  });
});

it("counts characters as the server does", () => {
  expect(unitsOf("😀 rent", 2)).toBe(3);
  expect(unitsOf("ab", 9)).toBe(2);
});
