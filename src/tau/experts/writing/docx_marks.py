"""Marks of changes in a paragraph of a Word file: runs are cut, and what changes is wrapped.

With an author, what goes is wrapped in `w:del` and what comes in `w:ins`; without one, the text is
simply changed. Marks and comments of others stay where they are.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from tau.experts.writing.diff import Hunk
from tau.experts.writing.docx_paragraphs import ParagraphText, Piece, WordMarkup
from tau.experts.writing.xml_nodes import XmlNode

_ID = re.compile(rb"""\bid\s*=\s*["'](\d{1,9})["']""")
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_APART = timedelta(minutes=2)
_NEVER_COPIED = {"rPrChange", "ins", "del", "moveFrom", "moveTo"}
_TEXT_OR_SIGN = re.compile(r"[\n\t]|[^\n\t]+")


class Marking:
    """Who changes a part of a Word file, and when; without an author, nothing is marked.

    `date` is in the form of XML Schema: `2026-05-12T09:30:00Z`.
    """

    def __init__(self, markup: WordMarkup, author: str | None, date: str) -> None:
        self.markup = markup
        self.author = author
        self._date = date
        self._is_apart = False
        used = (int(number) for number in _ID.findall(markup.file.source))
        self._last_id = max(used, default=0)

    def element(self, local: str, *children: XmlNode | str | bytes, **attributes: str) -> XmlNode:
        """Return a new element of Word's."""
        named = {self.markup.name(key): value for key, value in attributes.items()}
        return XmlNode(self.markup.name(local), named).append(*children)

    def mark(self, local: str, *children: XmlNode) -> XmlNode:
        """Return a new `ins` or `del` with the author, the date and an id of its own."""
        date = _earlier(self._date) if self._is_apart else self._date
        attributes = {"id": self.next_id(), "author": self.author or "", "date": date}
        return self.element(local, *children, **attributes)

    @contextmanager
    def apart(self, *, needed: bool) -> Iterator[None]:
        """Give marks another time, so that they aren't taken for one with those before them.

        LibreOffice joins insertions of one minute across the end of a paragraph, and with them the
        paragraphs when they're rejected.
        """
        before, self._is_apart = self._is_apart, needed
        yield
        self._is_apart = before

    def next_id(self) -> str:
        """Return an id that nothing in this part has."""
        self._last_id += 1
        return str(self._last_id)

    def run(self, look: XmlNode | None, text: str) -> XmlNode:
        """Return a new run with a text, in the look of another run."""
        run = self.element("r")
        if look is not None:
            run.append(self.copy_without(look, _NEVER_COPIED))
        return run.append(*self.text_nodes(text))

    def text_nodes(self, text: str, local: str = "t") -> list[XmlNode]:
        """Return the children of a run that show a text."""
        signs = {"\n": "br", "\t": "tab"}
        return [
            self.element(signs[piece]) if piece in signs else self._text_node(piece, local)
            for piece in _TEXT_OR_SIGN.findall(text)
        ]

    def _text_node(self, text: str, local: str) -> XmlNode:
        node = self.element(local, text)
        if text != text.strip():
            node.attributes["xml:space"] = "preserve"
        return node

    def copy(self, node: XmlNode) -> XmlNode:
        """Return a copy of an element, to be put in as it is."""
        if node.span is None:
            return self.copy_without(node, ())
        copied = XmlNode(node.tag)
        copied.span = node.span
        return copied

    def copy_without(self, node: XmlNode, names: Collection[str]) -> XmlNode:
        """Return a copy of an element that may be changed, without children of some names."""
        copied = XmlNode(node.tag, dict(node.attributes))
        for child in node.children:
            if not isinstance(child, XmlNode):
                copied.append(child)
            elif self.markup.local(child) not in names:
                copied.append(self.copy(child))
        return copied


def _earlier(date: str) -> str:
    """Return a time that is a little before another one."""
    try:
        return (datetime.strptime(date, _TIME).replace(tzinfo=UTC) - _APART).strftime(_TIME)
    except ValueError:
        return date


def mark_hunks(paragraph: ParagraphText, hunks: Sequence[Hunk], marking: Marking) -> None:
    """Change the visible text of a paragraph by hunks that don't touch each other."""
    if not paragraph.pieces:
        _fill(paragraph, "".join(hunk.text for hunk in hunks), marking)
        return
    cuts = _Cuts(paragraph, hunks, marking)
    by_run: dict[int, list[Piece]] = defaultdict(list)
    runs: dict[int, XmlNode] = {}
    for piece in paragraph.pieces:
        by_run[id(piece.run)].append(piece)
        runs[id(piece.run)] = piece.run
    for name, pieces in by_run.items():
        if any(cuts.touches(piece) for piece in pieces):
            _replace_run(runs[name], pieces, cuts)


def _fill(paragraph: ParagraphText, text: str, marking: Marking) -> None:
    """Put text into a paragraph that shows none."""
    look = marking.markup.find(paragraph.node, "pPr", "rPr")
    run = marking.run(None, text)
    if look is not None:
        run.insert(0, marking.copy_without(look, _NEVER_COPIED))
    paragraph.node.append(marking.mark("ins", run) if marking.author else run)


class _Cuts:
    """Where the text of a paragraph is cut, what goes, and what comes at which place."""

    def __init__(self, paragraph: ParagraphText, hunks: Sequence[Hunk], marking: Marking) -> None:
        self.marking = marking
        self._pieces = paragraph.pieces
        self._paragraph = paragraph.node
        self._deleted = [(hunk.start, hunk.end) for hunk in hunks if hunk.end > hunk.start]
        self.before: dict[int, str] = {}
        """Text that comes before the character at a place, in the run of that character."""
        self.after: dict[int, str] = {}
        """Text that comes after the character that ends at a place, in its run."""
        for hunk in hunks:
            if hunk.text:
                side = self.before if self._joins_next(hunk) else self.after
                side[hunk.end] = hunk.text

    def _joins_next(self, hunk: Hunk) -> bool:
        """Return whether inserted text belongs to the run after it: at the start, after a link."""
        if hunk.end > hunk.start:
            return False
        left = next((one for one in self._pieces if one.start < hunk.start <= _end(one)), None)
        right = next((one for one in self._pieces if one.start <= hunk.start < _end(one)), None)
        if left is None or right is None:
            return left is None
        return left.run.parent is not self._paragraph and right.run.parent is self._paragraph

    def touches(self, piece: Piece) -> bool:
        """Return whether anything in or at the edge of a piece changes."""
        start, end = piece.start, _end(piece)
        return (
            any(first < end and start < last for first, last in self._deleted)
            or any(start < place <= end for place in self.after)
            or any(start <= place < end for place in self.before)
        )

    def sections(self, piece: Piece) -> Iterator[tuple[int, int, bool]]:
        """Yield the sections of a piece: from where to where, and whether they go."""
        start, end = piece.start, _end(piece)
        edges = {edge for pair in self._deleted for edge in pair} | {*self.before, *self.after}
        places = sorted({start, end} | {edge for edge in edges if start < edge < end})
        for first, last in pairwise(places):
            yield first, last, any(one <= first and last <= two for one, two in self._deleted)


def _end(piece: Piece) -> int:
    return piece.start + len(piece.text)


def _replace_run(run: XmlNode, pieces: Sequence[Piece], cuts: _Cuts) -> None:
    parts = _RunParts(run, cuts)
    texts = {id(piece.child): piece for piece in pieces}
    for child in run.children:
        piece = texts.get(id(child)) if isinstance(child, XmlNode) else None
        if piece is not None:
            parts.add_piece(piece)
        elif child is not parts.look:
            parts.add(child, goes=False)
    parts.close()
    parent = run.parent
    assert parent is not None, "a run is in a paragraph"  # noqa: S101
    parent.replace(run, *parts.made)
    if cuts.marking.markup.local(parent) == "ins":
        _split_insertion(parent, parts.inserted, cuts.marking)


class _RunParts:
    """The runs that a run is cut into."""

    def __init__(self, run: XmlNode, cuts: _Cuts) -> None:
        self.made: list[XmlNode] = []
        self.inserted: list[XmlNode] = []
        self.look = cuts.marking.markup.find(run, "rPr")
        self._run = run
        self._cuts = cuts
        self._marking = cuts.marking
        self._pending: list[XmlNode | str | bytes] = []
        self._goes = False

    def add(self, child: XmlNode | str | bytes, *, goes: bool) -> None:
        """Add a child of the run to the part that stays, or to the one that goes."""
        if goes != self._goes:
            self.close()
        self._goes = goes
        self._pending.append(child)

    def add_piece(self, piece: Piece) -> None:
        """Add a child with text, cut at its edges."""
        for start, end, goes in self._cuts.sections(piece):
            self._insert(self._cuts.before.get(start, ""))
            text = piece.text[start - piece.start : end - piece.start]
            is_sign = self._marking.markup.local(piece.child) != "t"
            if is_sign or (text == piece.text and not goes):
                self.add(piece.child, goes=goes)
            else:
                for node in self._marking.text_nodes(text, "delText" if goes else "t"):
                    self.add(node, goes=goes)
            self._insert(self._cuts.after.get(end, ""))

    def _insert(self, text: str) -> None:
        if not text:
            return
        self.close()
        run = self._marking.run(self.look, text)
        self.inserted.append(self._marking.mark("ins", run) if self._marking.author else run)
        self.made.append(self.inserted[-1])

    def close(self) -> None:
        """End the part that is being made."""
        pending, self._pending = self._pending, []
        empty = all(isinstance(child, str) and not child.strip() for child in pending)
        if empty or (self._goes and not self._marking.author):
            return
        part = XmlNode(self._run.tag, dict(self._run.attributes))
        if self.look is not None:
            part.append(self._marking.copy(self.look))
        part.append(*pending)
        self.made.append(self._marking.mark("del", part) if self._goes else part)


def _split_insertion(insertion: XmlNode, inserted: Sequence[XmlNode], marking: Marking) -> None:
    """Take what was inserted out of somebody else's insertion, which is cut in two around it."""
    parent = insertion.parent
    if parent is None or not inserted:
        return
    pieces: list[XmlNode] = []
    group: list[XmlNode | str | bytes] = []
    for child in insertion.children:
        if isinstance(child, XmlNode) and any(child is one for one in inserted):
            pieces += [_part_of(insertion, group, marking, first=not pieces), child]
            group = []
        else:
            group.append(child)
    pieces.append(_part_of(insertion, group, marking, first=not pieces))
    parent.replace(insertion, *(one for one in pieces if one.children))


def _part_of(
    insertion: XmlNode, children: Sequence[XmlNode | str | bytes], marking: Marking, *, first: bool
) -> XmlNode:
    part = XmlNode(insertion.tag, dict(insertion.attributes))
    if not first:
        part.attributes[marking.markup.name("id")] = marking.next_id()
    return part.append(*children)
