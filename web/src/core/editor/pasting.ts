/** What is pasted or dropped: its text, and the few marks that a document has. Nothing else. */

import { Slice } from "prosemirror-model";
import type { DocumentBlock } from "../types";
import { docOf } from "./schema";

const DEEPEST = 100;
const MOST_BLOCKS = 2000;
/** What holds no text of a document, whatever is written in it. */
const LEFT_OUT = new Set(
  "SCRIPT STYLE TITLE META LINK HEAD NOSCRIPT TEMPLATE IFRAME OBJECT EMBED SVG MATH AUDIO VIDEO CANVAS BUTTON INPUT SELECT TEXTAREA".split(
    " ",
  ),
);
const BLOCKS = new Set(
  "P DIV SECTION ARTICLE HEADER FOOTER MAIN ASIDE UL OL LI TABLE TBODY THEAD TR TD TH BLOCKQUOTE PRE H1 H2 H3 H4 H5 H6 DL DT DD FIGURE HR FORM".split(
    " ",
  ),
);
const SIGNS: Record<string, string> = { B: "**", STRONG: "**", I: "*", EM: "*", CODE: "`" };
const ADDRESS = /^(https?:\/\/|mailto:)[^\s()<>]+$/i;

/** Return what to insert of a paste; `null` if there is no text in it. */
export function pasted(html: string, text: string, isMarkdown: boolean): Slice | null {
  const blocks = html && isMarkdown ? blocksOfHtml(html) : blocksOfText(text, isMarkdown);
  const found = blocks.length ? blocks : blocksOfText(text, isMarkdown);
  return found.length ? new Slice(docOf(found).content, 1, 1) : null;
}

function blocksOfText(text: string, isMarkdown: boolean): DocumentBlock[] {
  const clean = text.replaceAll(/\r\n?/g, "\n");
  if (!isMarkdown) return clean ? [paragraph(clean.trim())] : [];
  const pieces = clean.split(/\n[ \t]*\n\s*/).filter((piece) => piece.trim());
  return pieces.map((piece) => paragraph(piece.replace(/\n+$/, "")));
}

function paragraph(text: string, more: Partial<DocumentBlock> = {}): DocumentBlock {
  return { id: "", kind: "paragraph", level: 0, marker: "", text, ...more };
}

/** Return the blocks of HTML. It's parsed into a document that nothing runs in or loads from. */
function blocksOfHtml(html: string): DocumentBlock[] {
  const parsed = new DOMParser().parseFromString(withoutStyles(html), "text/html");
  const reader = new Reader();
  reader.read(parsed.body, {}, 0);
  reader.end({});
  return reader.blocks;
}

/** Styles would be refused by the page's policy, which says so on the console. */
function withoutStyles(html: string): string {
  const sheetless = html.replaceAll(/<style[\s\S]*?(<\/style\s*>|$)/gi, "");
  return sheetless.replaceAll(/<[a-z][^<>]*>/gi, (tag) =>
    tag.replaceAll(/\s(style|on\w+)\s*=\s*("[^"]*"|'[^']*'|[^\s>]*)/gi, ""),
  );
}

class Reader {
  readonly blocks: DocumentBlock[] = [];
  #text = "";

  read(parent: ParentNode, more: Partial<DocumentBlock>, depth: number): void {
    if (depth > DEEPEST) return;
    for (const node of parent.childNodes) {
      if (node.nodeType === 3) this.#text += (node.nodeValue ?? "").replaceAll(/\s+/g, " ");
      else if (node instanceof Element || node.nodeType === 1) {
        this.#element(node as Element, more, depth);
      }
    }
  }

  /** End a block; one without text is none. */
  end(more: Partial<DocumentBlock>): void {
    const text = this.#text.replaceAll(/ *\n */g, "\n").trim();
    this.#text = "";
    if (text && this.blocks.length < MOST_BLOCKS) this.blocks.push(paragraph(text, more));
  }

  #element(element: Element, more: Partial<DocumentBlock>, depth: number): void {
    const tag = element.tagName.toUpperCase();
    if (LEFT_OUT.has(tag)) return;
    if (tag === "BR") {
      this.#text += "\\\n";
    } else if (BLOCKS.has(tag)) {
      this.end(more);
      const own = kindOf(element, tag) ?? more;
      this.read(element, own, depth + 1);
      this.end(own);
    } else {
      this.#inline(element, tag, more, depth);
    }
  }

  #inline(element: Element, tag: string, more: Partial<DocumentBlock>, depth: number): void {
    const before = this.#text;
    const blocks = this.blocks.length;
    this.#text = "";
    this.read(element, more, depth + 1);
    const inner = this.#text;
    const isOneLine = this.blocks.length === blocks && inner.trim() !== "" && !inner.includes("\n");
    this.#text = before + (isOneLine ? signed(inner, tag, element) : inner);
  }
}

/** Return a text with the signs of an element around it, which stand close to its words. */
function signed(text: string, tag: string, element: Element): string {
  const [, lead = "", words = "", tail = ""] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
  const address = tag === "A" ? (element.getAttribute("href") ?? "") : "";
  if (ADDRESS.test(address) && !/[[\]]/.test(words)) return `${lead}[${words}](${address})${tail}`;
  const sign = SIGNS[tag];
  return sign && !words.includes(sign[0] as string) ? `${lead}${sign}${words}${sign}${tail}` : text;
}

function kindOf(element: Element, tag: string): Partial<DocumentBlock> | null {
  if (/^H[1-6]$/.test(tag)) return { kind: "heading", level: Number(tag[1]) };
  if (tag === "BLOCKQUOTE") return { kind: "quote" };
  if (tag !== "LI") return null;
  const list = element.parentElement;
  if (list?.tagName !== "OL") return { kind: "item", marker: "-" };
  return { kind: "item", marker: `${[...list.children].indexOf(element) + 1}.` };
}
