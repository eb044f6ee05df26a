"""How a text file is written in bytes: its encoding, its byte order mark and its line ends.

What isn't changed in a file keeps its bytes, also where line ends are mixed.
"""

import codecs
from typing import Literal

import msgspec

from tau.errors import BadInput

LineEnd = Literal["\n", "\r\n", "\r"]
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


class TextEncoding(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a text becomes bytes. `mark` says whether a byte order mark stands before it."""

    name: str = "utf-8"
    mark: bool = False
    line_end: LineEnd = "\n"

    def encode(self, text: str) -> bytes:
        """Return a text whose lines end with a newline as the bytes of a file."""
        return self.encode_as_is(text.replace("\n", self.line_end))

    def encode_as_is(self, text: str) -> bytes:
        """Return a text as the bytes of a file, with the line ends that it has."""
        mark = "\ufeff" if self.mark else ""
        return f"{mark}{text}".encode(self.name)


def decode_text(data: bytes) -> tuple[str, TextEncoding]:
    """Return the text of a file, with the line ends that it has. Raises `BadInput`."""
    mark = next((one for one in _MARKS if data.startswith(one)), b"")
    name = _MARKS.get(mark, "utf-8")
    try:
        text = data[len(mark) :].decode(name)
    except UnicodeDecodeError as error:
        raise BadInput("The file's text isn't in UTF-8.") from error
    return text, TextEncoding(name, mark=bool(mark), line_end=_line_end(text))


def _line_end(text: str) -> LineEnd:
    """Return the line end that most lines have."""
    windows = text.count("\r\n")
    counts: dict[LineEnd, int] = {
        "\n": text.count("\n") - windows,
        "\r\n": windows,
        "\r": text.count("\r") - windows,
    }
    return max(counts, key=lambda one: counts[one])
