"""XML as nodes that know their bytes: what isn't changed is written exactly as it was read.

Names are kept as they are written (`w:p`), without resolving namespaces. Documents with a DOCTYPE
are refused, so that there are no entities to expand. Imports nothing of Tau.
"""

from collections.abc import Iterator
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

MAX_DEPTH = 200
MAX_NODES = 2_000_000


class UnreadableXml(ValueError):
    """Not XML, or XML of a kind that isn't read."""


class XmlNode:
    """An element. Its children are elements, text, and the bytes of comments and instructions."""

    __slots__ = ("attributes", "children", "head", "parent", "span", "tag")

    def __init__(self, tag: str, attributes: dict[str, str] | None = None) -> None:
        self.tag = tag
        self.attributes = attributes or {}
        self.children: list[XmlNode | str | bytes] = []
        self.parent: XmlNode | None = None
        self.span: tuple[int, int] | None = None
        """Where its unchanged bytes are; None for a node that was made or changed."""
        self.head: tuple[int, int] | None = None
        """Where the bytes of its start tag are; None for a node that was made or renamed."""

    def elements(self) -> Iterator["XmlNode"]:
        """Yield its child elements."""
        return (child for child in self.children if isinstance(child, XmlNode))

    def child(self, tag: str) -> "XmlNode | None":
        """Return its first child element of that name."""
        return next((child for child in self.elements() if child.tag == tag), None)

    def descendants(self, tag: str) -> Iterator["XmlNode"]:
        """Yield every element of that name below it, in document order."""
        stack = list(self.elements())[::-1]
        while stack:
            node = stack.pop()
            if node.tag == tag:
                yield node
            stack += list(node.elements())[::-1]

    @property
    def text(self) -> str:
        """The text directly in it."""
        return "".join(child for child in self.children if isinstance(child, str))

    def append(self, *children: "XmlNode | str | bytes") -> "XmlNode":
        """Add children and return the node itself."""
        self.insert(len(self.children), *children)
        return self

    def insert(self, place: int, *children: "XmlNode | str | bytes") -> None:
        """Add children before the one at `place`."""
        self.children[place:place] = children
        for child in children:
            if isinstance(child, XmlNode):
                child.parent = self
        self.touch()

    def replace(self, old: "XmlNode", *new: "XmlNode") -> None:
        """Put elements in the place of a child."""
        place = self.position(old)
        del self.children[place]
        self.insert(place, *new)

    def position(self, child: "XmlNode") -> int:
        """Return the place of a child among its children."""
        return next(place for place, one in enumerate(self.children) if one is child)

    def rename(self, tag: str) -> None:
        """Give it another name."""
        self.tag, self.head = tag, None
        self.touch()

    def touch(self) -> None:
        """Say that it has changed, and so has everything around it."""
        node: XmlNode | None = self
        while node is not None and node.span is not None:
            node.span = None
            node = node.parent


class XmlFile:
    """A parsed XML file. Raises `UnreadableXml`."""

    def __init__(self, source: bytes) -> None:
        if source[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            raise UnreadableXml("its text isn't in UTF-8")
        self.source = source
        parsed = _Parser(source)
        self.root = parsed.root
        self._start, self._end = parsed.root.span or (0, len(source))

    def write(self) -> bytes:
        """Return the file with the changes of its nodes."""
        body = self.bytes_of(self.root)
        return self.source[: self._start] + body + self.source[self._end :]

    def bytes_of(self, node: XmlNode) -> bytes:
        """Return a node as it is written."""
        pieces: list[bytes] = []
        self._write(node, pieces)
        return b"".join(pieces)

    def _write(self, node: XmlNode, pieces: list[bytes]) -> None:
        if node.span is not None:
            pieces.append(self.source[node.span[0] : node.span[1]])
            return
        if not node.children and not node.head:
            pieces.append(_start_tag(node, "/>"))
            return
        head = self.source[slice(*node.head)] if node.head else _start_tag(node, ">")
        pieces.append(head)
        for child in node.children:
            if isinstance(child, XmlNode):
                self._write(child, pieces)
            else:
                pieces.append(child if isinstance(child, bytes) else escape(child).encode())
        pieces.append(f"</{node.tag}>".encode())


def _start_tag(node: XmlNode, ending: str) -> bytes:
    given = "".join(f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    return f"<{node.tag}{given}{ending}".encode()


class _Parser:
    """Builds the nodes. A token ends where the next one begins, so its end is set then."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._open: list[XmlNode] = []
        self._starts: list[int] = []
        self._ended: tuple[XmlNode, int] | None = None
        self._raw_from: int | None = None
        self._nodes = 0
        self._root: XmlNode | None = None
        parser = expat.ParserCreate("UTF-8")
        self._expat = parser
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        for name in ("Comment", "ProcessingInstruction"):
            setattr(parser, f"{name}Handler", self._raw)
        parser.StartCdataSectionHandler = parser.EndCdataSectionHandler = self._close
        try:
            parser.Parse(source, True)
        except expat.ExpatError as error:
            raise UnreadableXml("it isn't well-formed XML") from error
        self._close(at=len(source.rstrip()) if self._ended else 0)

    @property
    def root(self) -> XmlNode:
        """The outermost element."""
        if self._root is None:
            raise UnreadableXml("it is empty")
        return self._root

    def _close(self, at: int | None = None) -> None:
        """Set where the last token ended."""
        place = self._expat.CurrentByteIndex if at is None else at
        if self._ended is not None:
            node, start = self._ended
            node.span, self._ended = (start, place), None
        elif self._open and self._open[-1].head is None and place > self._starts[-1]:
            self._open[-1].head = (self._starts[-1], place)
        if self._raw_from is not None and self._open:
            self._open[-1].children.append(self._source[self._raw_from : place])
        self._raw_from = None

    def _start(self, tag: str, attributes: list[str]) -> None:
        self._close()
        self._nodes += 1
        if len(self._open) >= MAX_DEPTH or self._nodes > MAX_NODES:
            raise UnreadableXml("it is nested too deeply or has too many elements")
        node = XmlNode(tag, dict(zip(attributes[::2], attributes[1::2], strict=True)))
        if self._open:
            node.parent = self._open[-1]
            node.parent.children.append(node)
        else:
            self._root = node
        self._open.append(node)
        self._starts.append(self._expat.CurrentByteIndex)

    def _end(self, tag: str) -> None:  # noqa: ARG002 (expat's signature)
        self._close()
        self._ended = (self._open.pop(), self._starts.pop())

    def _characters(self, text: str) -> None:
        self._close()
        children = self._open[-1].children
        if children and isinstance(children[-1], str):
            children[-1] += text
        else:
            children.append(text)

    def _raw(self, *_: str) -> None:
        self._close()
        self._raw_from = self._expat.CurrentByteIndex

    def _refuse_doctype(self, *_: object) -> None:
        raise UnreadableXml("it declares a document type, which may hide entities")
