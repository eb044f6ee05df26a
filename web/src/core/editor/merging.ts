/** What somebody wrote against what the server has: what to save, and how both go together. Pure. */

import type { DocumentBlock } from "../types";
import { isKept, markdownOf } from "./markdown";

type Blocks = readonly DocumentBlock[];

/** What is saved: the texts of some blocks, or the whole text if there are other blocks now. */
export type Saved = { blocks: Record<string, string> } | { markdown: string };

/**
 * Return what has to be saved; `null` if nothing has.
 *
 * In Markdown, empty paragraphs are kept only here, until something is written in them.
 */
export function changesOf(base: Blocks, now: Blocks, isMarkdown: boolean): Saved | null {
  const [before, after] = isMarkdown ? [base.filter(isKept), now.filter(isKept)] : [base, now];
  if (!haveSameShape(before, after)) return { markdown: markdownOf(after) };
  const blocks = textsChanged(before, after);
  return Object.keys(blocks).length ? { blocks } : null;
}

/** Return what both made of the same blocks; `null` if they touched the same paragraph. */
export function merged(base: Blocks, mine: Blocks, theirs: Blocks): Blocks | null {
  if (haveSameShape(base, theirs)) return withTexts(base, textsChanged(base, theirs), mine);
  if (haveSameShape(base, mine)) return withTexts(base, textsChanged(base, mine), theirs);
  return isSame(mine, theirs) ? mine : null;
}

/** Return whether two lists have the same blocks with the same texts. */
export function isSame(one: Blocks, other: Blocks): boolean {
  return haveSameShape(one, other) && !Object.keys(textsChanged(one, other)).length;
}

/** Return whether two lists have the same blocks, whatever their texts. */
export function haveSameShape(one: Blocks, other: Blocks): boolean {
  return (
    one.length === other.length &&
    one.every((block, at) => {
      const beside = other[at] as DocumentBlock;
      return (
        block.id !== "" &&
        block.id === beside.id &&
        block.kind === beside.kind &&
        block.level === beside.level &&
        block.marker === beside.marker
      );
    })
  );
}

function textsChanged(base: Blocks, now: Blocks): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [at, { id, text }] of now.entries()) if (base[at]?.text !== text) texts[id] = text;
  return texts;
}

/** Change texts of `base` in `others`, unless they're gone there, or were changed as well. */
function withTexts(base: Blocks, texts: Record<string, string>, others: Blocks): Blocks | null {
  const before = new Map(base.map((block) => [block.id, block.text]));
  const there = new Map(others.map((block) => [block.id, block.text]));
  for (const [id, text] of Object.entries(texts)) {
    const now = there.get(id);
    if (now === undefined || (now !== before.get(id) && now !== text)) return null;
  }
  return others.map((block) => ({ ...block, text: texts[block.id] ?? block.text }));
}
