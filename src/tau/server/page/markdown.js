// A little Markdown, built as nodes: what a model writes can never become markup of its own.

const INLINE =
  /(`+)(.+?)\1|\*\*(?=\S)([\s\S]+?)\*\*|__(?=\S)([\s\S]+?)__|\*(?=\S)([^*\n]+?)\*|(?<![\w_])_(?=\S)([^_\n]+?)_(?![\w_])|\[([^\]\n]+)\]\((https?:\/\/[^\s()]+)\)|(https?:\/\/[^\s<>()\[\]"'`*]+[^\s<>()\[\]"'`*.,;:!?])/;
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
  const found = depth < MOST_DEPTH ? INLINE.exec(text) : null;
  if (!found) return text ? [text] : [];
  const [whole, , code, bold, boldToo, italic, italicToo, label, address, bare] = found;
  const within = (inner) => inline(inner, depth + 1);
  let node;
  if (code !== undefined) node = element("code", {}, code.trim());
  else if (bold ?? boldToo) node = element("strong", {}, ...within(bold ?? boldToo));
  else if (italic ?? italicToo) node = element("em", {}, ...within(italic ?? italicToo));
  else if (label) node = link(address, ...within(label));
  else node = link(bare, bare);
  const after = text.slice(found.index + whole.length);
  return [text.slice(0, found.index), node, ...inline(after, depth)].filter((part) => part !== "");
}

function paragraph(lines) {
  const parts = lines.flatMap((line, at) => (at ? [element("br"), ...inline(line)] : inline(line)));
  return element("p", {}, ...parts);
}

function list(lines) {
  const ordered = /\d/.test(ITEM.exec(lines[0])[2]);
  const made = element(ordered ? "ol" : "ul");
  if (ordered) made.start = parseInt(ITEM.exec(lines[0])[2], 10);
  const indent = ITEM.exec(lines[0])[1].length;
  let item = null;
  let inner = [];
  const close = () => {
    if (item && inner.length) item.append(...blocks(inner));
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

function blocks(lines) {
  const made = [];
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
      made.push(element("blockquote", {}, ...blocks(quoted)));
    } else if (ITEM.test(line)) {
      to = takeWhile(lines, at, (each) => ITEM.test(each) || /^\s+\S/.test(each));
      made.push(list(lines.slice(at, to)));
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
