"""Splitter of a JSON stream into items, which holds one item at a time.

It looks only at brackets and strings. The items are decoded later, one by one, so that a damaged
item costs no more than itself. Items are the elements of an array at the top, of an
array under a key named in `WRAPPERS`, the objects that follow each other, or the lines of a file
whose first line is a whole object (JSON Lines).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

WRAPPERS = {b"memories", b"conversations"}
MAX_ITEM_BYTES = 64 << 20
MAX_NESTING = 200

_TOKENS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*+"|[{}\[\]]|"', re.DOTALL)
_REST_OF_STRING = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*+', re.DOTALL)
_BEGINNING_BYTES = 4096  # kept of an item that is left out, so that it can be named
_MAX_KEY_BYTES = 64  # kept of a string, which may be the key of a wrapper
_BETWEEN = b" \t\r\n,"
_QUOTE, _OPENING, _ARRAY, _OBJECT = 0x22, frozenset(b"{["), 0x5B, 0x7B

ItemProblem = Literal["cut", "large", "deep", "stray"]


class Item(NamedTuple):
    """One item as it is in the file; of one with a problem only the beginning."""

    number: int
    raw: bytes
    problem: ItemProblem | None = None


def split_items(chunks: Iterable[bytes]) -> Iterator[Item]:
    """Yield the items of a JSON text that comes in `chunks` of any size."""
    chunks = iter(chunks)
    head = _head(chunks)
    first, newline, _ = head.partition(b"\n")
    framing: LineSplitter | BracketSplitter = (
        LineSplitter() if newline and _is_object(first) else BracketSplitter()
    )
    for chunk in _with_head(head, chunks):
        yield from framing.feed(chunk)
    yield from framing.end()


def _head(chunks: Iterator[bytes]) -> bytes:
    """Return the text up to the end of its first line, or until that cannot be an object."""
    head = bytearray()
    for chunk in chunks:
        piece = chunk if head else chunk.lstrip()
        head += piece
        if head and (head[0] != _OBJECT or b"\n" in piece or len(head) > MAX_ITEM_BYTES):
            break
    return bytes(head)


def _with_head(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _is_object(line: bytes) -> bool:
    line = line.strip()
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return False
    try:
        msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


class LineSplitter:
    """Splitter of JSON Lines."""

    def __init__(self) -> None:
        self._number = 0
        self._tail = bytearray()
        self._large = False

    def feed(self, chunk: bytes) -> Iterator[Item]:
        """Yield the items that end in `chunk`."""
        *whole, tail = chunk.split(b"\n")
        for line in whole:
            self._add(line)
            yield from self._item()
        self._add(tail)

    def end(self) -> Iterator[Item]:
        """Yield the last line, which may lack a line break."""
        yield from self._item(last=True)

    def _add(self, piece: bytes) -> None:
        if len(self._tail) + len(piece) > MAX_ITEM_BYTES:
            self._large = True
        else:
            self._tail += piece

    def _item(self, *, last: bool = False) -> Iterator[Item]:
        raw, large = bytes(self._tail).strip(), self._large
        self._tail.clear()
        self._large = False
        if not raw:
            return
        self._number += 1
        if large:
            yield Item(self._number, raw[:_BEGINNING_BYTES], "large")
        elif _nesting(raw) > MAX_NESTING:
            yield Item(self._number, raw[:_BEGINNING_BYTES], "deep")
        else:
            cut = last and not raw.endswith((b"}", b"]"))
            yield Item(self._number, raw, "cut" if cut else None)


def _nesting(raw: bytes) -> int:
    """Return an upper bound of how deeply `raw` is nested; exact where it might matter."""
    if raw.count(b"{") + raw.count(b"[") <= MAX_NESTING:
        return 0
    depth = deepest = 0
    for match in _TOKENS.finditer(raw):
        token = raw[match.start()]
        if token in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif token != _QUOTE:
            depth -= 1
    return deepest


class BracketSplitter:
    """Splitter by brackets."""

    def __init__(self) -> None:
        self._number = 0
        self._depth = 0
        self._base: int | None = 0  # the depth at which items stand; None: in a wrapper, outside
        self._key = b""
        self._string = PartialString()
        self._item: bytearray | None = None
        self._large = self._stray = False
        self._deepest = 0
        self._chunk = b""
        self._consumed = 0  # up to where the chunk belongs to an item or was passed over
        self._finished: list[Item] = []

    def feed(self, chunk: bytes) -> Iterator[Item]:
        """Yield the items that end in `chunk`."""
        self._chunk, self._consumed = chunk, 0
        begin = self._end_string() if self._string.is_open else 0
        for match in _TOKENS.finditer(chunk, begin):
            start, end = match.span()
            token = chunk[start]
            if token in _OPENING:
                self._open(token, start)
            elif token != _QUOTE:
                self._close(end)
            elif end - start == 1:
                self._string.begin(chunk, end)
                break
            elif self._depth == 1:
                self._key = chunk[start + 1 : end - 1]
        self._append(len(chunk))
        yield from self._finished
        self._finished.clear()

    def end(self) -> Iterator[Item]:
        """Yield the item that was not closed, if there is one."""
        if self._item is not None or self._depth > 0:
            yield Item(self._number + 1, bytes(self._item or b"")[:_BEGINNING_BYTES], "cut")
        elif self._stray:
            yield Item(self._number + 1, b"", "stray")

    def _end_string(self) -> int:
        """Return where the string that the last chunk ended in ends in this one."""
        end = self._string.resume(self._chunk)
        if self._depth == 1 and not self._string.is_open:
            self._key = self._string.beginning
        return end

    def _open(self, token: int, start: int) -> None:
        array = token == _ARRAY
        wrapping = array and self._depth == 1 and self._key in WRAPPERS
        if self._base is None:
            self._base = 2 if wrapping else None
            self._consumed = start + 1
        elif self._item is None and self._depth == 0 and array:
            self._skip_gap(start)
            self._base, self._consumed = 1, start + 1
        elif self._base == 0 and wrapping:
            self._item, self._base, self._consumed = None, 2, start + 1
        elif self._item is None:
            self._skip_gap(start)
            self._item, self._large, self._deepest = bytearray(), False, 0
        self._depth += 1
        if self._base is not None:
            self._deepest = max(self._deepest, self._depth - self._base)

    def _close(self, end: int) -> None:
        self._depth -= 1
        if self._depth < 0:
            self._depth, self._stray, self._consumed = 0, True, end
        elif self._base is None:
            self._base, self._consumed = (0 if self._depth == 0 else None), end
        elif self._item is not None and self._depth == self._base:
            self._append(end)
            self._finish(self._item)
        elif self._item is None and self._depth < self._base:
            self._skip_gap(end - 1)
            self._base, self._consumed = (None if self._depth else 0), end

    def _finish(self, item: bytearray) -> None:
        self._number += 1
        problem: ItemProblem | None = None
        if self._large or self._deepest > MAX_NESTING:
            problem = "large" if self._large else "deep"
            del item[_BEGINNING_BYTES:]
        self._finished.append(Item(self._number, bytes(item), problem))
        self._item = None

    def _skip_gap(self, end: int) -> None:
        """Pass over what is between two items: white space and commas, if all is well."""
        self._append(end)
        if self._stray:
            self._number += 1
            self._finished.append(Item(self._number, b"", "stray"))
            self._stray = False

    def _append(self, end: int) -> None:
        """Add the chunk up to `end` to the item that is open."""
        piece = self._chunk[self._consumed : end]
        self._consumed = end
        if self._item is not None:
            if len(self._item) + len(piece) > MAX_ITEM_BYTES:
                self._large = True
                del self._item[_BEGINNING_BYTES:]
            if not self._large:
                self._item += piece
        elif self._base is not None and piece.strip(_BETWEEN):
            self._stray = True


class PartialString:
    """A JSON string that a chunk may end in."""

    def __init__(self) -> None:
        self.is_open = False
        self.beginning = b""
        """The first bytes of the string: it may be a key."""
        self._escaped = False  # whether the chunk ended in a backslash

    def begin(self, chunk: bytes, start: int) -> None:
        """Note that `chunk` ends inside a string that begins at `start`."""
        self.is_open = True
        self.beginning = chunk[start : start + _MAX_KEY_BYTES]
        self._escaped = _REST_OF_STRING.match(chunk, start).end() < len(chunk)  # type: ignore[union-attr]

    def resume(self, chunk: bytes) -> int:
        """Return where the string ends in the next chunk: after its quote, or at the end."""
        start = 1 if self._escaped and chunk else 0
        match = _REST_OF_STRING.match(chunk, start)
        end = match.end() if match else start
        self._escaped = False
        self.beginning += chunk[: min(end, _MAX_KEY_BYTES - len(self.beginning))]
        if end < len(chunk) and chunk[end] == _QUOTE:
            self.is_open = False
            return end + 1
        self._escaped = end < len(chunk)
        return len(chunk)
