"""Passages of a document (.pdf, .docx, .txt, .md) that examples are made of."""

from collections.abc import Iterator
from io import SEEK_END
from typing import BinaryIO

from tau.documents.passages import DocumentPassage, split_passages
from tau.documents.reading import TOO_LARGE, DocumentKind, file_type, read_lines
from tau.errors import BadInput

MAX_FILE_BYTES = 64 << 20
MAX_SECONDS = 60
MAX_CHARACTERS = 4_000_000
MOST_PASSAGES = 2_000
_KINDS = frozenset({"pdf", "docx", "text"})


def document_kind(name: str, file: BinaryIO) -> DocumentKind:
    """Return how a document is to be read. Raises `BadInput` for other files."""
    found = file_type(name, file)
    if found is None or found.kind not in _KINDS:
        raise BadInput("This isn't a document that Tau reads: .pdf, .docx, .txt and .md are.")
    return found.kind


def read_document(name: str, file: BinaryIO) -> list[DocumentPassage]:
    """Return the passages of a document. Blocks while it reads. Raises `BadInput`."""
    kind = document_kind(name, file)
    if file.seek(0, SEEK_END) > MAX_FILE_BYTES:
        raise BadInput(TOO_LARGE)
    passages = list(split_passages(_paragraphs(file, kind)))
    if not passages:
        raise BadInput("There's no text in the document. Scanned pages have none.")
    if len(passages) > MOST_PASSAGES:
        raise BadInput(TOO_LARGE)
    return passages


def _paragraphs(file: BinaryIO, kind: DocumentKind) -> Iterator[tuple[int, str]]:
    for line in read_lines(file, kind, seconds=MAX_SECONDS, characters=MAX_CHARACTERS):
        if line.cut:
            raise BadInput(TOO_LARGE)
        if line.text:
            yield line.page, " ".join(line.text.split())
