/** What a model writes, made fit for being shown while it is still being written. Pure. */

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const ITEM = /^\s*(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
/** What goes on with a list after a blank line; a number alone may be an item that is being written. */
const GOES_ON = /^(?:\s{2,}\S|\s*(?:[-*+]|\d{1,9}[.)])(?:\s|$)|\d{1,9}$)/;
const MOST_LINE = 20_000;

/**
 * Split Markdown at blank lines between blocks that stand by themselves.
 *
 * A reply that grows changes in its last block only, so that the others need not be parsed again.
 * Fences stay whole, and lists with what is indented below their items. Joined with blank lines the blocks
 * are the text again.
 */
export function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let block: string[] = [];
  let fence: string | null = null;
  let blank = false;
  const end = () => {
    const whole = block.join("\n").trimEnd();
    if (whole) blocks.push(whole);
    block = [];
  };
  for (const line of text.replaceAll("\r\n", "\n").split("\n")) {
    const mark = FENCE.exec(line)?.[1];
    if (blank && line.trim() && !(ITEM.test(block[0] ?? "") && GOES_ON.test(line))) end();
    if (mark && fence === null) fence = mark;
    else if (mark && fence !== null && closes(line, mark, fence)) fence = null;
    if (line.trim() || block.length) block.push(line);
    blank = fence === null && !line.trim();
  }
  end();
  return blocks;
}

function closes(line: string, mark: string, fence: string): boolean {
  return mark[0] === fence[0] && mark.length >= fence.length && line.trim() === mark;
}

// Marks that reorder text: a reply could show something else than what is copied (CVE-2021-42574).
const REORDERING = /[\u202A-\u202E\u2066-\u2069]/g;
// Controls but tab and new line, and formats that show nothing but join no letters.
const UNSEEN = /(?![\t\n\r])\p{Cc}|[\u200B\u2060-\u2064\uFEFF]|[\u{E0000}-\u{E007F}]/gu;

/** Return `text` without characters that show nothing or turn the order of others around. */
export function plain(text: string): string {
  return text.replace(REORDERING, "").replace(UNSEEN, "");
}

/** Return text to show: plain, and without lines that are longer than any browser lays out well. */
export function shown(text: string): string {
  const clean = plain(text);
  if (clean.length < MOST_LINE) return clean;
  return clean
    .split("\n")
    .map((line) => (line.length > MOST_LINE ? `${line.slice(0, MOST_LINE)}…` : line))
    .join("\n");
}

/** Return the address of a link if it is one that may be followed, `null` otherwise. */
export function safeLink(address: string | undefined): string | null {
  if (!address) return null;
  try {
    const url = new URL(address);
    return ["http:", "https:", "mailto:"].includes(url.protocol) && !url.username ? url.href : null;
  } catch {
    return null; // relative ones would lead into Tau itself
  }
}
