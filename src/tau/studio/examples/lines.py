"""Lines of a text file, read in pieces, each with its number.

Knows nothing of JSON and CSV. The text is UTF-8, or UTF-16 with a byte order mark. Lines end with
a line feed, a carriage return, or both.
"""

import codecs
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

MAX_LINE_BYTES = 1_000_000
TOO_LONG = "It's longer than 1 MB."
NOT_TEXT = "It isn't UTF-8 text. Save the file as UTF-8."

_BEGINNING_BYTES = 100
_CHUNK_BYTES = 1 << 16
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_INVALID = b"\xff"  # occurs in no UTF-8 text


class SourceLine(NamedTuple):
    """A line with its end; if it can't be used, the reason, and perhaps its beginning."""

    number: int
    text: str
    reason: str = ""


def read_lines(file: BinaryIO) -> Iterator[SourceLine]:
    """Yield the lines of a file from its beginning, the empty ones too."""
    for number, raw in enumerate(_raw_lines(read_utf8(file)), start=1):
        if len(raw) > MAX_LINE_BYTES:
            beginning = raw[:_BEGINNING_BYTES].decode("utf-8", "ignore")
            yield SourceLine(number, beginning, TOO_LONG)
            continue
        try:
            yield SourceLine(number, raw.decode("utf-8"))
        except UnicodeDecodeError:
            yield SourceLine(number, "", NOT_TEXT)


def read_utf8(file: BinaryIO) -> Iterator[bytes]:
    """Yield pieces of a file from its beginning, as UTF-8 without a byte order mark.

    What is no valid UTF-8 or UTF-16 stays invalid.
    """
    file.seek(0)
    first = file.read(_CHUNK_BYTES)
    if first.startswith(_UTF16):
        yield from _from_utf16(first, file)
        return
    yield first.removeprefix(codecs.BOM_UTF8)
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk


def _raw_lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield lines with their ends. Of one that is too long, a little more than is allowed."""
    rest = bytearray()
    for chunk in chunks:
        # An \r at the end stays in `rest`: an \n may follow it.
        for piece in chunk.splitlines(keepends=True):
            if rest.endswith(b"\r") and piece != b"\n":
                yield bytes(rest)
                rest.clear()
            if len(rest) <= MAX_LINE_BYTES:
                rest += piece
            elif piece.endswith((b"\n", b"\r")):
                rest += piece[-1:]
            if piece.endswith(b"\n"):
                yield bytes(rest)
                rest.clear()
    if rest:
        yield bytes(rest)


def _from_utf16(first: bytes, file: BinaryIO) -> Iterator[bytes]:
    # Half characters are passed on: they're invalid in UTF-8, and so their line is refused.
    decoder = codecs.getincrementaldecoder("utf-16")("surrogatepass")
    chunk = first
    while chunk:
        try:
            yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            yield _INVALID
        chunk = file.read(_CHUNK_BYTES)
    if decoder.getstate()[0]:
        yield _INVALID
