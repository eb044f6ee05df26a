"""Tracked changes of a Word file settled: accepted or rejected, everybody's or one author's."""

from tau.experts.writing.docx_in import open_markup
from tau.experts.writing.docx_package import open_package
from tau.experts.writing.docx_paragraphs import WordMarkup
from tau.experts.writing.xml_nodes import XmlNode

_INSERTED, _DELETED = {"ins", "moveTo"}, {"del", "moveFrom"}
_CHANGED_LOOKS = {"rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tcPrChange"}


def settle_docx(data: bytes, *, accept: bool, author: str | None = None) -> bytes:
    """Return a Word file with the tracked changes accepted or rejected, all or those of an author.

    Changes of looks are accepted only: when rejecting, they stay. Raises `RefusedFile`.
    """
    package = open_package(data)
    markup = open_markup(package)
    settlement = _Settlement(markup, accept=accept, author=author)
    for paragraph in list(markup.paragraphs()):
        settlement.settle(paragraph)
    return package.write({package.main: markup.file.write()})


class _Settlement:
    def __init__(self, markup: WordMarkup, *, accept: bool, author: str | None) -> None:
        self._markup = markup
        self._accept = accept
        self._author = author

    def settle(self, paragraph: XmlNode) -> None:
        """Settle the changes in a paragraph, and that of its own mark."""
        look = self._markup.find(paragraph, "pPr", "rPr")
        marks = list(look.elements()) if look is not None else []
        goes = any(self._is_settled(one) and not self._keeps(one) for one in marks)
        self._settle_inside(paragraph)
        if goes:
            self._join_next(paragraph)

    def _settle_inside(self, node: XmlNode) -> None:
        for child in list(node.elements()):
            self._settle_inside(child)
            local = self._markup.local(child)
            if local in _INSERTED | _DELETED and self._is_settled(child):
                kept = list(child.elements()) if self._keeps(child) else []
                if local in _DELETED:
                    self._show(child)
                node.replace(child, *kept)
            elif local in _CHANGED_LOOKS and self._accept and self._is_settled(child):
                node.replace(child)

    def _is_settled(self, node: XmlNode) -> bool:
        local = self._markup.local(node)
        known = local in _INSERTED | _DELETED | _CHANGED_LOOKS
        return known and self._author in {None, self._markup.value(node, "author")}

    def _keeps(self, node: XmlNode) -> bool:
        """Return whether what is in an insertion or deletion stays."""
        return (self._markup.local(node) in _INSERTED) == self._accept

    def _show(self, deletion: XmlNode) -> None:
        for node in deletion.descendants(self._markup.name("delText")):
            node.rename(self._markup.name("t"))

    def _join_next(self, paragraph: XmlNode) -> None:
        """Take away the mark at a paragraph's end: what is left in it goes to the next one."""
        parent = paragraph.parent
        if parent is None:
            return
        siblings = list(parent.elements())
        place = next(n for n, one in enumerate(siblings) if one is paragraph)
        following = siblings[place + 1 : place + 2]
        left = [one for one in paragraph.elements() if self._markup.local(one) != "pPr"]
        if left and following and following[0].tag == paragraph.tag:
            first = next(iter(following[0].elements()), None)
            has_look = first is not None and self._markup.local(first) == "pPr"
            following[0].insert(1 if has_look else 0, *left)
        elif left:
            return
        parent.replace(paragraph)
