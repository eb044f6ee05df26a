"""Passages of a document (.pdf, .docx, .txt, .md), read in a child process."""

import subprocess
from collections.abc import Iterable, Iterator
from io import SEEK_END
from pathlib import Path, PurePath
from typing import BinaryIO, Literal, NamedTuple

import msgspec

from tau.errors import BadInput
from tau.studio.examples import document_program
from tau.studio.examples.reading_process import reading_process

MAX_FILE_BYTES = 64 << 20
PASSAGE_CHARACTERS = 1_500
"""Characters that a passage has at most; a longer paragraph is divided."""
FEWEST_CHARACTERS = 40
"""Characters below which a passage says too little to ask about it."""
MOST_PASSAGES = 2_000

DocumentKind = Literal["pdf", "docx", "text"]
_PROGRAM = Path(document_program.__file__)
_UNREADABLE = "The document can't be read. Save it as .docx or text again."
_TOO_LARGE = "The document is too large. Divide it."
_REASONS = {
    "missing": "PDF files need the extra: pip install 'tau-companion[studio]'",
    "password": "The document is protected by a password.",
    "unreadable": _UNREADABLE,
    "large": _TOO_LARGE,
}


class DocumentPassage(NamedTuple):
    """A part of a document; `page` is its page in a PDF, else 0. `number` counts from 1."""

    number: int
    page: int
    text: str


class _Output(msgspec.Struct):
    """A line that the child writes: a paragraph, the end, or the reason why there's no more."""

    text: str = ""
    page: int = 0
    end: bool = False
    error: str = ""


def document_kind(name: str, file: BinaryIO) -> DocumentKind:
    """Return how a document is to be read. Raises `BadInput` for other files."""
    file.seek(0)
    head = file.read(8)
    suffix = PurePath(name).suffix.lower()
    if head.startswith(b"%PDF"):
        return "pdf"
    if head.startswith(b"PK\x03\x04") and suffix == ".docx":
        return "docx"
    if suffix in {".txt", ".md", ".markdown", ".text"}:
        return "text"
    raise BadInput("This isn't a document that Tau reads: .pdf, .docx, .txt and .md are.")


def read_document(name: str, file: BinaryIO) -> list[DocumentPassage]:
    """Return the passages of a document. Blocks while it reads. Raises `BadInput`."""
    kind = document_kind(name, file)
    if file.seek(0, SEEK_END) > MAX_FILE_BYTES:
        raise BadInput(_TOO_LARGE)
    with reading_process(_PROGRAM, file, kind, unreadable=_UNREADABLE) as child:
        passages = list(split_passages(_paragraphs(child)))
    if not passages:
        raise BadInput("There's no text in the document. Scanned pages have none.")
    if len(passages) > MOST_PASSAGES:
        raise BadInput(_TOO_LARGE)
    return passages


def _paragraphs(child: subprocess.Popen[bytes]) -> Iterator[tuple[int, str]]:
    for line in child.stdout or ():
        output = msgspec.json.decode(line, type=_Output)
        if output.error:
            raise BadInput(_REASONS[output.error])
        if output.end:
            return
        yield output.page, " ".join(output.text.split())
    # It ended on its own, or a signal ended it at one of its limits.
    raise BadInput(_TOO_LARGE if child.wait() < 0 else _UNREADABLE)


def split_passages(paragraphs: Iterable[tuple[int, str]]) -> Iterator[DocumentPassage]:
    """Yield paragraphs joined up to the length of a passage, with the page of the first."""
    number = 0
    for page, text in _joined(_pieces(paragraphs)):
        if len(text) >= FEWEST_CHARACTERS:
            number += 1
            yield DocumentPassage(number, page, text)


def _joined(pieces: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    first, joined = 0, ""
    for page, piece in pieces:
        if joined and len(joined) + 1 + len(piece) > PASSAGE_CHARACTERS:
            yield first, joined
            joined = ""
        first = first if joined else page
        joined = f"{joined}\n{piece}" if joined else piece
    if joined:
        yield first, joined


def _pieces(paragraphs: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield paragraphs, and those that are longer than a passage in pieces, at spaces if any."""
    for page, paragraph in paragraphs:
        rest = paragraph
        while len(rest) > PASSAGE_CHARACTERS:
            cut = rest.rfind(" ", 1, PASSAGE_CHARACTERS)
            cut = PASSAGE_CHARACTERS if cut < 0 else cut
            yield page, rest[:cut]
            rest = rest[cut:].lstrip()
        if rest:
            yield page, rest
