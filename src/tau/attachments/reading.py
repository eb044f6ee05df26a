"""What is read from a file that somebody attaches: its kind, its text in passages, its size.

Blocks while a child process reads it. What it says are the words of others.
"""

import hashlib
import io
import time
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

import msgspec

from tau.documents.passages import PASSAGE_CHARACTERS, split_text
from tau.documents.reading import DocumentLine, file_type, read_lines
from tau.errors import UnreadableFile
from tau.journal.entries import AttachedPart, FileAttached
from tau.text.labels import as_line

MAX_FILE_BYTES = 20 << 20
MAX_SECONDS = 10
MAX_CHARACTERS = 600_000
MAX_NAME_CHARACTERS = 200
_NOT_READ = (
    "Tau can't read this kind of file. It reads PDF, Word (.docx), Excel (.xlsx), CSV, Markdown, "
    "text, and PNG, JPEG, WebP and GIF pictures."
)
_NO_TEXT = "There's no text in this file. Scanned pages have none."


def read_attachment(
    file_id: str, name: str, content: bytes, python: Path | None = None
) -> FileAttached:
    """Return what a file is and says, as an entry without a conversation. Raises `UnreadableFile`.

    `python` is an interpreter that has the packages which Tau's own may lack.
    """
    if not content:
        raise UnreadableFile("The file is empty.")
    name = _plain_name(name)
    file = io.BytesIO(content)
    found = file_type(name, file)
    if found is None:
        raise UnreadableFile(_NOT_READ)
    lines = list(
        read_lines(file, found.kind, seconds=MAX_SECONDS, characters=MAX_CHARACTERS, python=python)
    )
    entry = FileAttached(
        at=time.time(),
        id=file_id,
        name=name,
        media_type=found.media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        conversation="",
        pages=max((line.pages for line in lines), default=0),
        parts=tuple(split_parts(lines)),
        cut=lines[-1].cut,
        width=lines[0].width,
        height=lines[0].height,
    )
    if found.kind != "picture" and not entry.parts:
        raise UnreadableFile(_NO_TEXT)
    return entry


def is_picture(file: FileAttached) -> bool:
    """Return whether a file is a picture."""
    return file.media_type.startswith("image/")


def split_parts(lines: Iterable[DocumentLine]) -> Iterator[AttachedPart]:
    """Yield passages: paragraphs or rows joined up to a length, never across pages or sheets."""
    held: list[DocumentLine] = []
    length = 0
    for line in _pieces(lines):
        apart = bool(held) and (line.page, line.place) != (held[0].page, held[0].place)
        if apart or length + len(line.text) > PASSAGE_CHARACTERS:
            yield from _part(held)
            held, length = [], 0
        held.append(line)
        length += len(line.text) + 1
    yield from _part(held)


def _pieces(lines: Iterable[DocumentLine]) -> Iterator[DocumentLine]:
    for line in lines:
        text = line.text if line.row else " ".join(line.text.split())
        for piece in split_text(text):
            yield msgspec.structs.replace(line, text=piece)


def _part(lines: list[DocumentLine]) -> Iterator[AttachedPart]:
    if lines:
        text = "\n".join(line.text for line in lines)
        yield AttachedPart(text=text, page=lines[0].page, place=_place(lines))


def _place(lines: list[DocumentLine]) -> str:
    first, last = lines[0], lines[-1]
    if not first.row:
        return first.place
    rows = f"row {first.row}" if first.row == last.row else f"rows {first.row}-{last.row}"
    return f"{first.place}, {rows}" if first.place else rows


def _plain_name(name: str) -> str:
    """Return a file's name without its folder and control characters, shortened if need be."""
    last = PurePath(as_line(name).replace("\\", "/")).name
    if len(last) > MAX_NAME_CHARACTERS:
        suffix = PurePath(last).suffix[:12]
        last = f"{last[: MAX_NAME_CHARACTERS - len(suffix) - 1]}…{suffix}"
    return last or "file"
