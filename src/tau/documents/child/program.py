"""Program that reads a document from its standard input and writes its text as JSON.

Its input is a line with what is asked, then the file. Each line that it writes is a paragraph, a
row of a table, the size of a picture, the end, or the name of a reason. If time or characters run
out, the end says that the text is cut.
"""

import json
import re
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

from tau.documents.child.archive import DAMAGED
from tau.documents.child.limits import Refused, limit_reading
from tau.documents.child.pdf import read_pdf
from tau.documents.child.pictures import picture_size
from tau.documents.child.plain import read_table, read_text
from tau.documents.child.sheet_rows import read_workbook
from tau.documents.child.word import read_word

_BLANK_LINE = re.compile(r"\n\s*\n")
_TEXTS = {"pdf": read_pdf, "docx": read_word, "text": read_text}
Line = dict[str, Any]


def main() -> None:
    """Read the document and write its text."""
    asked = json.loads(sys.stdin.buffer.readline())
    limit_reading(asked["seconds"] + 1)
    deadline = time.monotonic() + 0.8 * asked["seconds"]
    lines = describe(sys.stdin.buffer.read(), asked["kind"])
    for line in until_limit(lines, asked["characters"], deadline):
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()  # a page that takes too long doesn't take those before with it


def until_limit(lines: Iterable[Line], characters: int, deadline: float) -> Iterator[Line]:
    """Yield lines and the end; less of them if there are too many characters, or it's late."""
    pages = 0
    try:
        for line in lines:
            characters -= len(line.get("text", ""))
            if characters < 0 or time.monotonic() > deadline:
                yield {"end": True, "cut": True, "pages": pages}
                return
            pages = max(pages, line.get("pages", 0))
            if line.get("text") != "":
                yield line
        yield {"end": True, "pages": pages}
    except Refused as refused:
        yield {"error": str(refused)}
    except MemoryError:
        yield {"error": "large"}
    except DAMAGED:
        yield {"error": "unreadable"}


def describe(content: bytes, kind: str) -> Iterator[Line]:
    """Yield what a document says. Raises `Refused`, and what reading damaged files raises."""
    if kind == "picture":
        width, height = picture_size(content)
        yield {"width": width, "height": height}
    elif kind == "csv":
        yield from _rows(("", row) for row in read_table(content))
    elif kind == "xlsx":
        yield from _rows(read_workbook(content))
    else:
        for page, place, text in _TEXTS[kind](content):
            yield {"text": "", "pages": page}
            for paragraph in filter(None, map(str.strip, _BLANK_LINE.split(text))):
                yield {"text": paragraph, "page": page, "place": place}


def _rows(rows: Iterable[tuple[str, list[str]]]) -> Iterator[Line]:
    number, sheet, sheets = 0, None, 0
    for place, cells in rows:
        if place != sheet:
            number, sheet, sheets = 0, place, sheets + 1
        number += 1
        text = " | ".join(" ".join(cell.split()) for cell in cells).strip(" |")
        if text:
            yield {"text": text, "place": place, "row": number, "pages": sheets}
