/** Prepares model output for display while it's being streamed. Pure. */

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const ITEM = /^\s*(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
/** A line that continues a list after a blank line; a bare number may become an item. */
const GOES_ON = /^(?:\s{2,}\S|\s*(?:[-*+]|\d{1,9}[.)])(?:\s|$)|\d{1,9}$)/;
const MOST_LINE = 20_000;

/**
 * Split Markdown at blank lines into independent blocks.
 *
 * A growing reply changes only its last block, so the others needn't be parsed again.
 * Fences and lists with their indented content stay whole. Joined with blank lines, the blocks
 * yield the text again.
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

/** Return `text` without invisible and direction-changing characters. */
export function plain(text: string): string {
  return text.replace(REORDERING, "").replace(UNSEEN, "");
}

/** Return text for display: plain, with overlong lines broken. */
export function shown(text: string): string {
  const clean = plain(text);
  if (clean.length < MOST_LINE) return clean;
  return clean
    .split("\n")
    .map((line) => (line.length > MOST_LINE ? `${line.slice(0, MOST_LINE)}…` : line))
    .join("\n");
}

/** Return the address of a link if it's allowed, else `null`. */
export function safeLink(address: string | undefined): string | null {
  if (!address) return null;
  try {
    const url = new URL(address);
    return ["http:", "https:", "mailto:"].includes(url.protocol) && !url.username ? url.href : null;
  } catch {
    return null; // relative links would lead into Tau itself
  }
}
