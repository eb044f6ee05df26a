// A little Markdown, built as nodes: what a model writes can never become markup of its own.

const INLINE =
  /`([^`\n]{1,500})`|\*\*(?=\S)([\s\S]{1,400}?)\*\*|__(?=\S)([\s\S]{1,400}?)__|\*(?=\S)([^*\n]{1,400})\*|(?<![\w_])_(?=\S)([^_\n]{1,400})_(?![\w_])|\[([^\]\n]{1,500})\]\((https?:\/\/[^\s()]{1,400})\)|(https?:\/\/[^\s<>()\[\]"'`*]{0,400}[^\s<>()\[\]"'`*.,;:!?])/g;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const MOST_DEPTH = 6;

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function link(address, ...children) {
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

function inline(text, depth = 0) {
  if (depth >= MOST_DEPTH) return [text];
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > from) parts.push(text.slice(from, found.index));
    parts.push(span(found, depth));
    from = found.index + found[0].length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

function span([, code, bold, boldToo, italic, italicToo, label, address, bare], depth) {
  const within = (inner) => inline(inner, depth + 1);
  if (code !== undefined) return element("code", {}, code.trim());
  if (bold ?? boldToo) return element("strong", {}, ...within(bold ?? boldToo));
  if (italic ?? italicToo) return element("em", {}, ...within(italic ?? italicToo));
  return label ? link(address, ...within(label)) : link(bare, bare);
}

function paragraph(lines) {
  const parts = lines.flatMap((line, at) => (at ? [element("br"), ...inline(line)] : inline(line)));
  return element("p", {}, ...parts);
}

function list(lines, depth) {
  const ordered = /\d/.test(ITEM.exec(lines[0])[2]);
  const made = element(ordered ? "ol" : "ul");
  if (ordered) made.start = parseInt(ITEM.exec(lines[0])[2], 10);
  const indent = ITEM.exec(lines[0])[1].length;
  let item = null;
  let inner = [];
  const close = () => {
    if (item && inner.length) item.append(...blocks(inner, depth + 1));
    inner = [];
  };
  for (const line of lines) {
    const found = ITEM.exec(line);
    if (found && found[1].length <= indent) {
      close();
      item = element("li", {}, ...inline(found[3]));
      made.append(item);
    } else inner.push(line.slice(Math.min(indent + 2, line.search(/\S|$/))));
  }
  close();
  return made;
}

function takeWhile(lines, from, wanted) {
  let to = from;
  while (to < lines.length && wanted(lines[to])) to += 1;
  return to;
}

function blocks(lines, depth = 0) {
  const made = [];
  if (depth >= MOST_DEPTH) return [paragraph(lines)];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at];
    const fence = /^\s*(```+|~~~+)/.exec(line);
    let to = at + 1;
    if (fence) {
      to = takeWhile(lines, at + 1, (each) => !each.trimStart().startsWith(fence[1]));
      made.push(element("pre", {}, element("code", {}, lines.slice(at + 1, to).join("\n"))));
      to += 1;
    } else if (/^#{1,6}\s/.test(line)) {
      made.push(element("h3", {}, ...inline(line.replace(/^#+\s+/, ""))));
    } else if (line.startsWith(">")) {
      to = takeWhile(lines, at, (each) => each.startsWith(">"));
      const quoted = lines.slice(at, to).map((each) => each.replace(/^>\s?/, ""));
      made.push(element("blockquote", {}, ...blocks(quoted, depth + 1)));
    } else if (ITEM.test(line)) {
      to = takeWhile(lines, at, (each) => ITEM.test(each) || /^\s+\S/.test(each));
      made.push(list(lines.slice(at, to), depth));
    } else if (line.trim()) {
      const plain = (each) => each.trim() && !/^(#{1,6}\s|>|\s*```|\s*~~~)/.test(each) && !ITEM.test(each);
      to = Math.max(at + 1, takeWhile(lines, at, plain));
      made.push(paragraph(lines.slice(at, to)));
    }
    at = to;
  }
  return made;
}

export function markdown(text) {
  return blocks(text.replaceAll("\r\n", "\n").split("\n"));
}
