"""Word files written: changes are laid onto the paragraphs of the original file.

Everything that isn't changed stays byte for byte: other parts of the package, other paragraphs,
and within a changed paragraph every run that no change touches.
"""

from collections.abc import Sequence

from tau.experts.writing.blocks import Block, TextDocument
from tau.experts.writing.diff import diff_words
from tau.experts.writing.docx_in import hidden_styles, open_markup, paragraph_id
from tau.experts.writing.docx_marks import Marking, mark_hunks
from tau.experts.writing.docx_package import open_package
from tau.experts.writing.docx_paragraphs import ParagraphText, WordMarkup
from tau.experts.writing.xml_nodes import XmlNode

_TEXT_OF_A_RUN = {"rPr", "t", "tab", "cr", "br", "noBreakHyphen", "softHyphen", "delText"}
_PLAIN_CHILDREN = {"pPr", "r", "proofErr"}


def revise_docx(
    original: bytes, document: TextDocument, *, author: str | None = None, date: str = ""
) -> bytes:
    """Return a Word file with the text of `document`, whose blocks have the ids of `read_docx`.

    With an author, every change is tracked as theirs; without one, it's just made. A block that is
    missing or empty is deleted, one with another id is a new paragraph after the one before it.
    Raises `RefusedFile`.
    """
    package = open_package(original)
    markup = open_markup(package)
    _Reviser(markup, Marking(markup, author, date), hidden_styles(package)).revise(document)
    return package.write({package.main: markup.file.write()})


class _Reviser:
    def __init__(self, markup: WordMarkup, marking: Marking, hidden: frozenset[str]) -> None:
        self._markup = markup
        self._marking = marking
        self._hidden = hidden
        self._paragraphs = {
            paragraph_id(number): node for number, node in enumerate(markup.paragraphs(), start=1)
        }

    def revise(self, document: TextDocument) -> None:
        """Change, add and delete paragraphs, so that the file has the text of `document`."""
        texts = {block.id: block.text for block in document.blocks}
        gone: list[XmlNode] = []
        for name, node in self._paragraphs.items():
            paragraph = ParagraphText(self._markup, node, self._hidden)
            before, after = paragraph.text, texts.get(name, "")
            if before == after or not (before.strip() or after):
                continue  # `read_docx` gives no block to a paragraph of spaces
            if not after and self._can_go(node):
                gone.append(node)
            mark_hunks(paragraph, diff_words(before, after), self._marking)
        for name, blocks in _new_blocks(document, set(self._paragraphs)).items():
            self._add(name, blocks)
        for node in gone:
            self._delete(node)

    def _add(self, after: str, blocks: Sequence[Block]) -> None:
        """Add paragraphs after the one of that id, or before the first, looking like it."""
        near = self._paragraphs.get(after) or next(iter(self._paragraphs.values()))
        parent = near.parent
        assert parent is not None, "a paragraph is in the body"  # noqa: S101
        follows = after in self._paragraphs and self._ends_with_insertion(near)
        with self._marking.apart(needed=follows):
            made = [self._paragraph(near, block.text) for block in blocks]
        place = parent.position(near) + (1 if after in self._paragraphs else 0)
        parent.insert(place, *made)

    def _ends_with_insertion(self, paragraph: XmlNode) -> bool:
        """Return whether a paragraph ends with text that this author puts in."""
        last = next(reversed([*paragraph.elements()]), None)
        if last is None or self._markup.local(last) != "ins":
            return False
        return self._markup.value(last, "author") == self._marking.author

    def _paragraph(self, near: XmlNode, text: str) -> XmlNode:
        marking, markup = self._marking, self._markup
        look = markup.find(near, "pPr")
        left_out = {"rPr", "sectPr", "pPrChange"}
        properties = marking.copy_without(look, left_out) if look else marking.element("pPr")
        if marking.author:
            properties.append(marking.element("rPr", marking.mark("ins")))
        paragraph = marking.element("p")
        if properties.children:
            paragraph.append(properties)
        first = ParagraphText(markup, near, self._hidden).pieces[:1]
        run = marking.run(markup.find(first[0].run, "rPr") if first else None, text)
        return paragraph.append(marking.mark("ins", run) if marking.author else run)

    def _delete(self, node: XmlNode) -> None:
        """Delete a paragraph, whose text went already."""
        marking, markup = self._marking, self._markup
        if not marking.author:
            if node.parent is not None:
                node.parent.replace(node)
            return
        properties = markup.find(node, "pPr")
        if properties is None:
            properties = marking.element("pPr")
            node.insert(0, properties)
        look = markup.find(properties, "rPr")
        if look is None:
            look = marking.element("rPr")
            properties.insert(self._place_of_look(properties), look)
        look.insert(0, marking.mark("del"))

    def _place_of_look(self, properties: XmlNode) -> int:
        """Return where `rPr` belongs among the properties of a paragraph: near the end."""
        later = (
            one
            for one in properties.elements()
            if self._markup.local(one) in {"sectPr", "pPrChange"}
        )
        places = (properties.position(one) for one in later)
        return min(places, default=len(properties.children))

    def _can_go(self, node: XmlNode) -> bool:
        """Return whether only text of its own is in a paragraph, and another one follows it."""
        markup = self._markup
        siblings = list(node.parent.elements()) if node.parent else []
        place = next((n for n, one in enumerate(siblings) if one is node), len(siblings))
        followed = siblings[place + 1 : place + 2]
        if not followed or followed[0].tag != node.tag:
            return False
        look = markup.find(node, "pPr", "rPr")
        marks = [markup.find(look, "ins"), markup.find(look, "del")]
        marks.append(markup.find(node, "pPr", "sectPr"))
        runs = (run for run in node.elements() if markup.local(run) == "r")
        inside = {markup.local(child) for run in runs for child in run.elements()}
        return (
            all(one is None for one in marks)
            and {markup.local(one) for one in node.elements()} <= _PLAIN_CHILDREN
            and inside <= _TEXT_OF_A_RUN
            and not ParagraphText(markup, node, self._hidden).hidden
        )


def _new_blocks(document: TextDocument, known: set[str]) -> dict[str, list[Block]]:
    """Return the blocks that the file doesn't have, by the id of the one that they follow."""
    new: dict[str, list[Block]] = {}
    before = ""
    for block in document.blocks:
        if block.id in known:
            before = block.id
        elif block.text:
            new.setdefault(before, []).append(block)
    return new
