"""Splitter of a JSON text into objects, each with the line it begins on.

Objects stand one on each line (JSON Lines), or follow each other over any number of lines. Either
way they may be the elements of one array. In the first form a damaged line costs only itself; in
the second a bracket that is missing costs what follows. Knows nothing of what the objects say.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, NamedTuple

import msgspec

from tau.studio.examples.lines import (
    MAX_LINE_BYTES,
    NOT_TEXT,
    TOO_LONG,
    SourceLine,
    read_lines,
    read_utf8,
)

_STRAY = "There's text outside of any object."
_OPEN = "Its brackets aren't closed, so nothing after it could be read."
_TOKENS = re.compile(rb'["\\{}\[\]\n]')
_BETWEEN = b" \t\r\n,"
_QUOTE, _BACKSLASH, _NEWLINE, _ARRAY = b'"\\\n['
_OPENING = b"{["


class JsonItem(NamedTuple):
    """The text of one object and the line it begins on, or the reason why it can't be used."""

    line: int
    text: str
    reason: str = ""


def read_json_items(file: BinaryIO) -> Iterator[JsonItem]:
    """Yield the objects of a JSON text."""
    first = list(islice((line for line in read_lines(file) if _is_used(line)), 2))
    begins = first[0].text.lstrip() if first else ""
    if _stands_on_lines(first, begins):
        return _items_of_lines(read_lines(file), is_array=begins.startswith("["))
    return _items_by_brackets(read_utf8(file))


def decode_object(text: str) -> dict[str, msgspec.Raw]:
    """Return the fields of a JSON object, undecoded. Raises `ValueError` if it isn't one."""
    try:
        return msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError("not a JSON object") from error


def _is_used(line: SourceLine) -> bool:
    return bool(line.reason or line.text.strip())


def _stands_on_lines(first: list[SourceLine], begins: str) -> bool:
    """Return whether a text that begins with these two lines has one object on each line."""
    if any(_is_object(_without_array(line.text)) for line in first):
        return True
    if first and first[0].reason == TOO_LONG:
        return not begins.startswith("[")
    return not (begins.startswith("[") or begins.rstrip().endswith(("{", "[", ",")))


def _is_object(text: str) -> bool:
    """Return whether a line is a whole object; an empty one may stand anywhere."""
    try:
        return bool(decode_object(text))
    except ValueError:
        return False


def _without_array(text: str) -> str:
    """Return a line of an array without what belongs to the array: objects end with a brace."""
    return text.strip().lstrip("[,").rstrip("],\t ").strip()


def _items_of_lines(lines: Iterator[SourceLine], *, is_array: bool) -> Iterator[JsonItem]:
    for line in lines:
        if line.reason:
            yield JsonItem(line.number, "", line.reason)
        elif text := _without_array(line.text) if is_array else line.text.strip().rstrip(","):
            yield JsonItem(line.number, text)
        elif line.text.strip() and not is_array:
            yield JsonItem(line.number, "", _STRAY)


def _items_by_brackets(chunks: Iterator[bytes]) -> Iterator[JsonItem]:
    splitter = _BracketScanner()
    for chunk in chunks:
        yield from splitter.feed(chunk)
    yield from splitter.end()


class _BracketScanner:
    """Scanner that looks only at brackets, strings and line breaks, and holds one item."""

    def __init__(self) -> None:
        self._line = 1
        self._depth = 0
        self._base: int | None = None  # the depth at which items stand, once it's known
        self._in_string = False
        self._escaped_at = -1  # where in the chunk a character follows a backslash
        self._item: bytearray | None = None
        self._item_line = 0
        self._stray_line = 0
        self._found: list[JsonItem] = []

    def feed(self, chunk: bytes) -> Iterator[JsonItem]:
        """Yield the items that end in `chunk`."""
        start = 0
        for match in _TOKENS.finditer(chunk):
            position = match.start()
            token = chunk[position]
            if token == _NEWLINE:
                self._line += 1
            elif position == self._escaped_at:
                continue
            elif self._in_string:
                self._continue_string(token, position)
            elif token == _QUOTE:
                self._in_string = True
            elif token in _OPENING:
                start = self._open(chunk, start, position)
            elif token != _BACKSLASH:
                start = self._close(chunk, start, position + 1)
        self._append(chunk[start:])
        self._escaped_at -= len(chunk)
        yield from self._found
        self._found.clear()

    def end(self) -> Iterator[JsonItem]:
        """Yield what was left over."""
        self._report_stray()
        yield from self._found
        if self._item is not None:
            yield JsonItem(self._item_line, "", _OPEN)

    def _continue_string(self, token: int, position: int) -> None:
        if token == _BACKSLASH:
            self._escaped_at = position + 1
        elif token == _QUOTE:
            self._in_string = False

    def _open(self, chunk: bytes, start: int, position: int) -> int:
        """Return where in the chunk the text that isn't yet looked at begins."""
        if self._base is None and chunk[position] == _ARRAY:
            self._append(chunk[start:position])
            self._base, self._depth = 1, 1
            return position + 1
        self._base = self._base or 0
        if self._item is None:
            self._append(chunk[start:position])
            self._report_stray()
            self._item, self._item_line, start = bytearray(), self._line, position
        self._depth += 1
        return start

    def _close(self, chunk: bytes, start: int, end: int) -> int:
        if self._item is None:
            # The end of the array, or a bracket too many.
            is_end = self._base == 1
            self._append(chunk[start : end - 1] if is_end else chunk[start:end])
            self._base, self._depth = 0, 0
            return end
        self._depth -= 1
        if self._depth > (self._base or 0):
            return start
        self._append(chunk[start:end])
        self._found.append(_finished(self._item_line, bytes(self._item)))
        self._item = None
        return end

    def _append(self, piece: bytes) -> None:
        if self._item is None:
            stray = piece.lstrip(_BETWEEN)
            if stray and not self._stray_line:
                self._stray_line = self._line - stray.count(b"\n")
        elif len(self._item) <= MAX_LINE_BYTES:
            self._item += piece

    def _report_stray(self) -> None:
        if self._stray_line:
            self._found.append(JsonItem(self._stray_line, "", _STRAY))
            self._stray_line = 0


def _finished(line: int, raw: bytes) -> JsonItem:
    if len(raw) > MAX_LINE_BYTES:
        return JsonItem(line, "", TOO_LONG)
    try:
        return JsonItem(line, raw.decode("utf-8"))
    except UnicodeDecodeError:
        return JsonItem(line, "", NOT_TEXT)
