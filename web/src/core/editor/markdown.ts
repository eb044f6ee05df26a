/** Blocks as Markdown, as the server writes and reads them. Pure. */

import type { DocumentBlock } from "../types";

const INDENT = "  ";

/** Return blocks as Markdown. */
export function markdownOf(blocks: readonly DocumentBlock[]): string {
  let text = "";
  let before: DocumentBlock | null = null;
  for (const block of blocks.filter(isKept)) {
    const isTight = before?.kind === block.kind && block.kind === "item";
    text += (before ? (isTight ? "\n" : "\n\n") : "") + written(block);
    before = block;
  }
  return text ? `${text}\n` : "";
}

/** Return whether Markdown can hold a block: it has no empty paragraphs. */
export function isKept({ kind, text }: DocumentBlock): boolean {
  return !["paragraph", "table", "cell"].includes(kind) || text.trim() !== "";
}

function written({ kind, level, marker, text }: DocumentBlock): string {
  const lead = `${INDENT.repeat(level)}${marker || "-"} `;
  const fence = marker || "```";
  switch (kind) {
    case "heading":
      return `${"#".repeat(Math.max(1, level))} ${text}`;
    case "item":
      return lead + text.replaceAll("\n", `\n${" ".repeat(lead.length)}`);
    case "quote":
      return `> ${text.replaceAll("\n", "\n> ")}`;
    case "code":
      return `${fence}\n${text}\n${fence.slice(0, 3)}`;
    case "rule":
      return "---";
    default:
      return text;
  }
}

export interface Styled {
  start: number;
  end: number;
  look: "bold" | "italic" | "code" | "link" | "sign";
}

const INLINE =
  /\\(?<escaped>[\\`*_{}[\]()#+.!<>|~-])|(?<broken> {2,}|\\)(?=\n)|`(?<code>[^`\n]+)`|\*\*(?<bold>(?=\S)[^*]+(?<=\S))\*\*|\*(?<italic>(?=\S)[^*]+(?<=\S))\*|(?<!\w)_(?<underline>(?=\S)[^_]+(?<=\S))_(?!\w)|\[(?<label>[^\]\n]+)\]\((?<address>[^()\s]+)\)/gu;

/** Return the looks of the parts of a text, and the signs that make them. */
export function stylesOf(text: string): Styled[] {
  const found: Styled[] = [];
  for (const match of text.matchAll(INLINE)) {
    const { bold, italic, underline, code, label, escaped } = match.groups ?? {};
    const start = match.index;
    const end = start + match[0].length;
    const inner = bold ?? italic ?? underline ?? code ?? label;
    if (inner === undefined) {
      found.push({ start, end: escaped === undefined ? end : start + 1, look: "sign" });
      continue;
    }
    const from = start + (bold === undefined ? 1 : 2);
    const to = from + inner.length;
    const look = bold ? "bold" : code ? "code" : label ? "link" : "italic";
    found.push({ start, end: from, look: "sign" }, { start: from, end: to, look });
    found.push({ start: to, end, look: "sign" });
  }
  return found;
}
