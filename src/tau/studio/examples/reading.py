"""Reading of examples from a file: chat lines, tables in text, or spreadsheets.

The content decides how a file is read, not its name alone. A line that can't be read is a
`Problem` and costs no more than itself. This module knows nothing of projects and their storage.
"""

import codecs
import hashlib
from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO, Literal, NamedTuple

from tau.errors import BadInput
from tau.ids import derived_id
from tau.studio.examples.chat_lines import read_chat_lines
from tau.studio.examples.example import Example, ExampleSource, Problem
from tau.studio.examples.read_context import ReadContext, ReadOptions
from tau.studio.examples.rows import Row, read_rows
from tau.studio.examples.spreadsheet import read_spreadsheet
from tau.studio.examples.text_table import read_text_table

FileKind = Literal["chat lines", "text table", "spreadsheet"]

_HEAD_BYTES = 4096
_CHUNK_BYTES = 1 << 20
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # a zip archive (.xlsx, .ods); .xls
_JSON_SUFFIXES = {".json", ".jsonl", ".ndjson"}
_UNUSABLE = {
    b"%PDF": "is a PDF. A model can write examples from it: add it as a document.",
    b"\x1f\x8b": "is compressed. Unpack it first.",
    b"PAR1": "is a Parquet file. Save it as JSONL or CSV.",
}


class OpenedSource(NamedTuple):
    """A file of examples: what identifies it, and what is in it, read as it's asked for."""

    source: ExampleSource
    items: Iterator[Example | Problem]


def read_examples(name: str, file: BinaryIO, options: ReadOptions | None = None) -> OpenedSource:
    """Open a file of examples, which must be seekable and stay open while `items` is read.

    `name` is shown, and its suffix helps where the content leaves a doubt. Ids of examples are
    derived from the file's bytes, the line and what the example says, so that the same file gives
    the same ids. Raises `BadInput`, also from `items`, if no line of the file can be used.
    """
    options = options or ReadOptions()
    kind = file_kind(name, file)
    sha256 = sha256_of(file)
    source = ExampleSource(
        id=derived_id("source", sha256),
        name=name,
        sha256=sha256,
        licence=options.licence,
        trust=options.trust,
    )
    context = ReadContext(source, options)
    if kind == "chat lines":
        items = read_chat_lines(file, context)
    else:
        items = read_rows(_rows(kind, file, options), context)
    return OpenedSource(source, items)


def read_columns(name: str, file: BinaryIO, *, sheet: str = "") -> tuple[str, ...]:
    """Return the names of a table's columns; none for a file of chat lines. Raises `BadInput`."""
    kind = file_kind(name, file)
    if kind == "chat lines":
        return ()
    rows = _rows(kind, file, ReadOptions(sheet=sheet))
    return next((row.cells for row in rows if isinstance(row, Row) and not row.is_empty), ())


def file_kind(name: str, file: BinaryIO) -> FileKind:
    """Return how a file is to be read. Raises `BadInput` if it can't be."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    for beginning, reason in _UNUSABLE.items():
        if head.startswith(beginning):
            raise BadInput(f"The file {reason}")
    if head.startswith(_SPREADSHEETS):
        return "spreadsheet"
    text = _decoded(head).lstrip()
    if not text and len(head) < _HEAD_BYTES:
        raise BadInput("The file is empty.")
    if "\0" in text:
        raise BadInput("The file isn't text. The studio reads JSONL, CSV and XLSX.")
    if text.startswith(("{", "[")) or PurePath(name).suffix.lower() in _JSON_SUFFIXES:
        return "chat lines"
    return "text table"


def _decoded(head: bytes) -> str:
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return head.decode("utf-16" if utf16 else "utf-8-sig", "ignore")


def _rows(kind: FileKind, file: BinaryIO, options: ReadOptions) -> Iterator[Row | Problem]:
    if kind == "spreadsheet":
        return read_spreadsheet(file, options.sheet)
    return read_text_table(file, options.columns)


def sha256_of(file: BinaryIO) -> str:
    """Return the SHA-256 of a file's bytes."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def read_whole(
    name: str, file: BinaryIO, options: ReadOptions
) -> tuple[ExampleSource, list[Example], list[Problem]]:
    """Return the source in a file, its examples, and the lines that aren't any. Blocks.

    Raises `BadInput` for a file that can't be read.
    """
    source, items = read_examples(name, file, options)
    examples: list[Example] = []
    problems: list[Problem] = []
    for item in items:
        if isinstance(item, Example):
            examples.append(item)
        else:
            problems.append(item)
    return source, examples, problems
