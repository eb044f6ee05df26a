"""Paragraphs of a Word file: which text of them is visible, and in which runs it is.

Text that somebody inserted under tracked changes is visible, what they deleted isn't. What has no
text (pictures, fields, footnote marks) has no length: edits pass around it and keep it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tau.experts.writing.xml_nodes import XmlFile, XmlNode

_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_CONTAINERS = ("hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "dir", "bdo")
_SIGNS = {"tab": "\t", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_BLANKS = str.maketrans("\n\r\t", "   ")
_TINY_HALF_POINTS = 4
_OFF = {"0", "false", "off"}


class Piece(NamedTuple):
    """A child of a run with visible text, and where that text begins in its paragraph."""

    run: XmlNode
    child: XmlNode
    start: int
    text: str


class Change(NamedTuple):
    """Text that somebody inserted or deleted under tracked changes."""

    kind: str
    """`inserted` or `deleted`"""
    author: str
    date: str
    text: str


class WordMarkup:
    """A part of a Word file, and the prefix of its element names."""

    def __init__(self, file: XmlFile) -> None:
        self.file = file
        named = file.root.attributes.items()
        prefixes = [name for name, address in named if address in _NAMESPACES]
        prefix = prefixes[0].partition(":")[2] if prefixes else "w"
        self.prefix = f"{prefix}:" if prefix else ""

    def name(self, local: str) -> str:
        """Return the name of an element or attribute as this part writes it."""
        return self.prefix + local

    def local(self, node: XmlNode) -> str:
        """Return the name of an element without the prefix, or nothing if it's another's."""
        return node.tag.removeprefix(self.prefix) if node.tag.startswith(self.prefix) else ""

    def value(self, node: XmlNode | None, attribute: str = "val") -> str:
        """Return an attribute of a node, or nothing."""
        # An attribute has no default namespace: without a prefix, it's written plainly.
        return node.attributes.get(self.name(attribute), "") if node else ""

    def find(self, node: XmlNode | None, *path: str) -> XmlNode | None:
        """Return the element at the end of a path of names, or None."""
        for step in path:
            node = node.child(self.name(step)) if node else None
        return node

    def is_on(self, node: XmlNode | None, *path: str) -> bool:
        """Return whether a property is there and isn't switched off."""
        found = self.find(node, *path)
        return found is not None and self.value(found) not in _OFF

    def paragraphs(self) -> Iterator[XmlNode]:
        """Yield every paragraph that isn't inside another one, in order."""
        stack = [self.file.root]
        while stack:
            node = stack.pop()
            if node.tag == self.name("p"):
                yield node
            else:
                stack += list(node.elements())[::-1]


class ParagraphText:
    """The visible text of a paragraph, with the runs that it is in."""

    def __init__(
        self, markup: WordMarkup, paragraph: XmlNode, hidden_styles: frozenset[str] = frozenset()
    ) -> None:
        self.node = paragraph
        self.pieces: list[Piece] = []
        self.changes: list[Change] = []
        self.hidden: list[str] = []
        self.comments: list[str] = []
        self._markup = markup
        self._hidden_styles = hidden_styles
        self._length = 0
        self._read(paragraph)

    @property
    def text(self) -> str:
        """The text that is visible."""
        return "".join(piece.text for piece in self.pieces)

    def _read(self, node: XmlNode) -> None:
        for child in node.elements():
            local = self._markup.local(child)
            if local == "r":
                self._read_run(child)
            elif local in {"ins", "moveTo"}:
                before = self._length
                self._read(child)
                self._note("inserted", child, self.text[before:])
            elif local in {"del", "moveFrom"}:
                self._note("deleted", child, deleted_text(self._markup, child))
            elif local in _CONTAINERS:
                self._read(child)
            elif local == "commentRangeStart":
                self.comments.append(self._markup.value(child, "id"))

    def _note(self, kind: str, node: XmlNode, text: str) -> None:
        value = self._markup.value
        if text:
            change = Change(kind, value(node, "author"), value(node, "date"), text)
            self.changes.append(change)

    def _read_run(self, run: XmlNode) -> None:
        hidden = self._is_hidden(run)
        for child in run.elements():
            if self._markup.local(child) == "commentReference":
                self._add_comment(child)
            text = visible_text(self._markup, child)
            if text and hidden:
                self.hidden.append(text)
            elif text:
                self.pieces.append(Piece(run, child, self._length, text))
                self._length += len(text)

    def _add_comment(self, reference: XmlNode) -> None:
        name = self._markup.value(reference, "id")
        if name not in self.comments:
            self.comments.append(name)

    def _is_hidden(self, run: XmlNode) -> bool:
        """Return whether a run can't be seen: hidden, white on nothing, or too small."""
        markup = self._markup
        look = markup.find(run, "rPr")
        if look is None:
            return False
        if markup.find(look, "vanish") is not None:
            return markup.is_on(look, "vanish")
        if markup.value(markup.find(look, "rStyle")) in self._hidden_styles:
            return True
        size = markup.value(markup.find(look, "sz"))
        if size.isdigit() and int(size) < _TINY_HALF_POINTS:
            return True
        colour = markup.value(markup.find(look, "color")).upper()
        return colour == "FFFFFF" and not self._is_on_colour(look)

    def _is_on_colour(self, look: XmlNode) -> bool:
        """Return whether white text may stand on a colour: its own, its paragraph's or cell's."""
        markup = self._markup
        node: XmlNode | None = self.node
        shades = [markup.find(look, "shd"), markup.find(look, "highlight")]
        shades.append(markup.find(self.node, "pPr", "shd"))
        while node is not None:
            shades.append(markup.find(node, "tcPr", "shd"))
            shades.append(markup.find(node, "tblPr", "tblStyle"))
            node = node.parent
        return any(shade is not None for shade in shades)


def visible_text(markup: WordMarkup, child: XmlNode) -> str:
    """Return the text that a child of a run shows."""
    local = markup.local(child)
    if local == "t":
        kept = child.attributes.get("xml:space") == "preserve"
        text = child.text.translate(_BLANKS)
        return text if kept else text.strip(" ")
    if local == "br":
        return "\n" if markup.value(child, "type") in {"", "textWrapping"} else ""
    return _SIGNS.get(local, "")


def deleted_text(markup: WordMarkup, node: XmlNode) -> str:
    """Return the text that a deletion holds."""
    found = (*node.descendants(markup.name("delText")), *node.descendants(markup.name("t")))
    return "".join(one.text for one in found)
