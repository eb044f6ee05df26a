"""Program that reads a document from its standard input and writes its paragraphs as JSON.

It's run by `document` and imports nothing of Tau. Its input is a line with the kind of the document
as JSON (`pdf`, `docx` or `text`), then the file. Each line that it writes is a paragraph, the end,
or the name of a reason.
"""

import io
import json
import logging
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any
from xml.parsers import expat

MAX_BYTES = 1 << 30
MAX_SECONDS = 60
MAX_UNPACKED_BYTES = 64 << 20
MAX_CHARACTERS = 4_000_000
MAX_PAGES = 5_000
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_BODY = "word/document.xml"
_CHUNK = 1 << 16
_BLANK_LINE = re.compile(r"\n\s*\n")
_DAMAGED = (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, KeyError)


class _Refused(Exception):
    """The document is refused, for the reason that is its argument."""


def main() -> None:
    """Read the document and write its paragraphs."""
    _limit(resource.RLIMIT_CPU, MAX_SECONDS)
    _limit(resource.RLIMIT_AS, MAX_BYTES)
    logging.disable()  # a reader's warnings quote the document
    kind = json.loads(sys.stdin.buffer.readline())
    for line in _output(sys.stdin.buffer.read(), kind):
        sys.stdout.write(json.dumps(line) + "\n")


def _limit(kind: int, amount: int) -> None:
    """Lower a limit of this process. Where the system has none of the kind, there is none."""
    _, hard = resource.getrlimit(kind)
    lowered = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (lowered, lowered))


def _output(content: bytes, kind: str) -> Iterator[dict[str, Any]]:
    try:
        yield from _paragraphs(content, kind)
        yield {"end": True}
    except _Refused as refused:
        yield {"error": str(refused)}
    except MemoryError:
        yield {"error": "large"}
    except (expat.ExpatError, *_DAMAGED):
        yield {"error": "unreadable"}


def _paragraphs(content: bytes, kind: str) -> Iterator[dict[str, Any]]:
    readers = {"pdf": _pdf_texts, "docx": _docx_texts, "text": _plain_texts}
    characters = 0
    for page, text in readers[kind](content):
        for paragraph in filter(None, map(str.strip, _BLANK_LINE.split(text))):
            characters += len(paragraph)
            if characters > MAX_CHARACTERS:
                raise _Refused("large")
            yield {"text": paragraph, "page": page}


def _plain_texts(content: bytes) -> Iterator[tuple[int, str]]:
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = content.decode("utf-16" if utf16 else "utf-8-sig")  # a UnicodeError is a ValueError
    if "\0" in text:
        raise _Refused("unreadable")
    yield 0, text.replace("\r\n", "\n")


def _pdf_texts(content: bytes) -> Iterator[tuple[int, str]]:
    try:
        import pypdf
        from pypdf.errors import PyPdfError
    except ImportError:
        raise _Refused("missing") from None
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _Refused("password")
        if len(reader.pages) > MAX_PAGES:
            raise _Refused("large")
        for number, page in enumerate(reader.pages, start=1):
            yield number, page.extract_text()
    except (PyPdfError, RecursionError, AttributeError, TypeError, IndexError, ArithmeticError):
        raise _Refused("unreadable") from None  # what pypdf raises for damaged files


def _docx_texts(content: bytes) -> Iterator[tuple[int, str]]:
    """Yield the paragraphs of a .docx file; entities and document types are refused."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if archive.getinfo(_BODY).file_size > MAX_UNPACKED_BYTES:
            raise _Refused("large")
        with archive.open(_BODY) as body:
            yield 0, _word_text(body)


def _word_text(body: IO[bytes]) -> str:
    parser = expat.ParserCreate(namespace_separator=" ")
    text: list[str] = []
    within = False
    unpacked = 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal within
        within = name == f"{_WORD} t"
        if name in (f"{_WORD} tab", f"{_WORD} br"):
            text.append(" ")

    def end(name: str) -> None:
        nonlocal within
        within = False
        if name == f"{_WORD} p":
            text.append("\n\n")

    def characters(data: str) -> None:
        if within:
            text.append(data)

    def refuse(*_: Any) -> None:
        raise _Refused("unreadable")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    while chunk := body.read(_CHUNK):
        unpacked += len(chunk)  # an archive may say that it is smaller than it is
        if unpacked > MAX_UNPACKED_BYTES:
            raise _Refused("large")
        parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return "".join(text)


if __name__ == "__main__":
    main()
