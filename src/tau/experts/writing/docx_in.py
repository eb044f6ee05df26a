"""Word files read: blocks, comments, the changes of others, and what is hidden."""

from typing import NamedTuple

from tau.experts.writing.blocks import Block, BlockKind, TextDocument
from tau.experts.writing.docx_package import Package, RefusedFile, open_package
from tau.experts.writing.docx_paragraphs import Change, ParagraphText, WordMarkup
from tau.experts.writing.xml_nodes import UnreadableXml, XmlFile, XmlNode

_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_MAX_LEVEL = 6


class DocxComment(NamedTuple):
    """A comment in the margin: somebody else's words. `block` is where it is."""

    id: str
    block: str
    author: str
    date: str
    text: str


class DocxContent(NamedTuple):
    """What a Word file says.

    `changes` are the tracked changes of others by block. `hidden` is text that a reader doesn't
    see, by block: it's in no block's text. `loads` says what Word would load from elsewhere.
    """

    document: TextDocument
    comments: list[DocxComment]
    changes: list[tuple[str, Change]]
    hidden: list[tuple[str, str]]
    loads: tuple[str, ...]


class _Style(NamedTuple):
    """What a paragraph style says: the level of a heading, and the list that it is in."""

    level: int = 0
    list_id: str = ""
    list_level: str = "0"


def read_docx(data: bytes) -> DocxContent:
    """Read a Word file. Raises `RefusedFile`.

    Each paragraph with text is a block with the id that `paragraph_id` gives its number.
    """
    package = open_package(data)
    markup = open_markup(package)
    kinds = _Kinds(package, markup)
    hidden_names = hidden_styles(package)
    blocks: list[Block] = []
    comments = _comments(package)
    placed: list[DocxComment] = []
    changes: list[tuple[str, Change]] = []
    hidden: list[tuple[str, str]] = []
    for number, node in enumerate(markup.paragraphs(), start=1):
        name = paragraph_id(number)
        paragraph = ParagraphText(markup, node, hidden_names)
        if paragraph.text.strip():
            blocks.append(kinds.block(name, node, paragraph.text))
        placed += [
            comments[one]._replace(block=name) for one in paragraph.comments if one in comments
        ]
        changes += [(name, change) for change in paragraph.changes]
        hidden += [(name, text) for text in paragraph.hidden if text.strip()]
    document = TextDocument(tuple(blocks), plain=True)
    return DocxContent(document, placed, changes, hidden, package.loads)


def paragraph_id(number: int) -> str:
    """Return the id of the block that is the paragraph of that number, from 1."""
    return f"p{number}"


def open_markup(package: Package) -> WordMarkup:
    """Return the parsed document of a package. Raises `RefusedFile`."""
    return _markup(package.parts[package.main])


def hidden_styles(package: Package) -> frozenset[str]:
    """Return the ids of the character styles that hide text."""
    part = package.part(_TYPES + "styles")
    if part is None:
        return frozenset()
    markup = _markup(part)
    styles = (one for one in markup.file.root.elements() if markup.local(one) == "style")
    return frozenset(
        markup.value(one, "styleId") for one in styles if markup.is_on(one, "rPr", "vanish")
    )


def _markup(part: bytes) -> WordMarkup:
    try:
        return WordMarkup(XmlFile(part))
    except UnreadableXml as error:
        raise RefusedFile(f"The file can't be read: {error}.") from error


class _Kinds:
    """Which paragraphs are headings and list items."""

    def __init__(self, package: Package, markup: WordMarkup) -> None:
        self._markup = markup
        styles = package.part(_TYPES + "styles")
        numbering = package.part(_TYPES + "numbering")
        self._styles = _read_styles(_markup(styles)) if styles else {}
        self._bullets = _read_bullets(_markup(numbering)) if numbering else {}

    def block(self, name: str, node: XmlNode, text: str) -> Block:
        """Return the block of a paragraph."""
        markup = self._markup
        properties = markup.find(node, "pPr")
        style = self._styles.get(markup.value(markup.find(properties, "pStyle")), _Style())
        outline = markup.value(markup.find(properties, "outlineLvl"))
        level = int(outline) + 1 if outline.isdigit() else style.level
        if 1 <= level <= _MAX_LEVEL:
            return Block(name, text, "heading", level=level)
        own = markup.find(properties, "numPr")
        list_id = markup.value(markup.find(own, "numId")) if own else style.list_id
        list_level = markup.value(markup.find(own, "ilvl")) if own else style.list_level
        if list_id not in {"", "0"}:
            depth = int(list_level) if list_level.isdigit() else 0
            marker = "-" if self._bullets.get((list_id, str(depth)), True) else "1."
            return Block(name, text, "item", level=depth, marker=marker)
        kind: BlockKind = "cell" if self._is_in_table(node) else "paragraph"
        return Block(name, text, kind)

    def _is_in_table(self, node: XmlNode) -> bool:
        parent = node.parent
        while parent is not None and self._markup.local(parent) != "tc":
            parent = parent.parent
        return parent is not None


def _read_styles(markup: WordMarkup) -> dict[str, _Style]:
    styles: dict[str, _Style] = {}
    for node in markup.file.root.elements():
        if markup.local(node) != "style" or markup.value(node, "type") != "paragraph":
            continue
        name = markup.value(markup.find(node, "name")).lower()
        outline = markup.value(markup.find(node, "pPr", "outlineLvl"))
        number = name.removeprefix("heading ")
        level = int(number) if number.isdigit() and number != name else 0
        if outline.isdigit():
            level = int(outline) + 1
        styles[markup.value(node, "styleId")] = _Style(
            1 if name == "title" else level,
            markup.value(markup.find(node, "pPr", "numPr", "numId")),
            markup.value(markup.find(node, "pPr", "numPr", "ilvl")) or "0",
        )
    return styles


def _read_bullets(markup: WordMarkup) -> dict[tuple[str, str], bool]:
    """Return for each list and level whether it has bullets rather than numbers."""
    formats: dict[tuple[str, str], bool] = {}
    lists: dict[tuple[str, str], bool] = {}
    for node in markup.file.root.elements():
        if markup.local(node) == "abstractNum":
            name = markup.value(node, "abstractNumId")
            for level in node.descendants(markup.name("lvl")):
                bullet = markup.value(markup.find(level, "numFmt")) == "bullet"
                formats[name, markup.value(level, "ilvl")] = bullet
        elif markup.local(node) == "num":
            name, abstract = (
                markup.value(node, "numId"),
                markup.value(markup.find(node, "abstractNumId")),
            )
            lists |= {
                (name, level): value for (one, level), value in formats.items() if one == abstract
            }
    return lists


def _comments(package: Package) -> dict[str, DocxComment]:
    part = package.part(_TYPES + "comments")
    if part is None:
        return {}
    markup = _markup(part)
    found: dict[str, DocxComment] = {}
    for node in markup.file.root.elements():
        lines = [ParagraphText(markup, one).text for one in node.descendants(markup.name("p"))]
        name = markup.value(node, "id")
        author, date = markup.value(node, "author"), markup.value(node, "date")
        found[name] = DocxComment(name, "", author, date, "\n".join(lines).strip())
    return found
