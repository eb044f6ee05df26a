"""Plain text and tables in text, in the encodings that people have."""

import csv
from collections.abc import Iterator

from tau.documents.child.limits import Refused

_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_CHINESE_SHARE = 0.9
_SNIFFED_CHARACTERS = 20_000
_DELIMITERS = ",;\t|"
_CELL_CHARACTERS = 1 << 20


def read_text(content: bytes) -> Iterator[tuple[int, str, str]]:
    """Yield the whole text."""
    yield 0, "", decode_text(content).replace("\r\n", "\n")


def read_table(content: bytes) -> Iterator[list[str]]:
    """Yield the rows of a file with values between commas, semicolons, tabs or bars."""
    text = decode_text(content)
    csv.field_size_limit(_CELL_CHARACTERS)
    try:
        dialect: csv.Dialect | type[csv.Dialect] = csv.Sniffer().sniff(
            text[:_SNIFFED_CHARACTERS], _DELIMITERS
        )
    except csv.Error:
        dialect = csv.excel
    try:
        yield from csv.reader(text.splitlines(keepends=True), dialect)
    except csv.Error:
        raise Refused("unreadable") from None


def decode_text(content: bytes) -> str:
    """Return bytes as text: UTF-8 or UTF-16, else GB 18030 or Windows-1252. Raises `Refused`."""
    marked = _MARKS.get(content[:2])
    try:
        text = content.decode(marked or "utf-8-sig")
    except UnicodeError:
        if marked:
            raise Refused("unreadable") from None
        text = _decode_older(content)
    if "\0" in text:
        raise Refused("unreadable")
    return text


def _decode_older(content: bytes) -> str:
    try:
        text = content.decode("gb18030")
    except UnicodeError:
        text = ""
    others = [each for each in text if ord(each) > 127]
    if others and sum(map(_is_common_chinese, others)) >= _CHINESE_SHARE * len(others):
        return text
    return content.decode("cp1252", errors="replace")


def _is_common_chinese(character: str) -> bool:
    """Return whether it's one of the 7,445 of GB 2312: letters of Europe make others by chance."""
    try:
        character.encode("gb2312")
    except UnicodeError:
        return False
    return True
