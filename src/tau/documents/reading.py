"""What kind of document a file is, and what it says, line by line. Blocks while it's read."""

import importlib.util
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import BinaryIO, Literal, NamedTuple

import msgspec

from tau.documents.reading_process import reading_process
from tau.errors import UnreadableFile

DocumentKind = Literal["pdf", "docx", "xlsx", "csv", "text", "picture"]
TOO_LARGE = "The document is too large. Divide it."
UNREADABLE = "The document can't be read. Save it as .docx or text again."
_PROGRAM = "tau.documents.child"
_HEAD_BYTES = 16
_SUFFIXES: dict[str, tuple[DocumentKind, str]] = {
    ".csv": ("csv", "text/csv"),
    ".tsv": ("csv", "text/tab-separated-values"),
    ".md": ("text", "text/markdown"),
    ".markdown": ("text", "text/markdown"),
    ".text": ("text", "text/plain"),
    ".txt": ("text", "text/plain"),
}
_OFFICE = "application/vnd.openxmlformats-officedocument"
_ARCHIVES: dict[str, tuple[DocumentKind, str]] = {
    ".docx": ("docx", f"{_OFFICE}.wordprocessingml.document"),
    ".xlsx": ("xlsx", f"{_OFFICE}.spreadsheetml.sheet"),
}
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_NEEDED = {"pdf": "pypdf", "xlsx": "python_calamine"}
"""The package that reading a kind needs: it doesn't come with Tau."""
_REASONS = {
    "missing": "PDFs and spreadsheets need packages that don't come with Tau. Install them on the "
    "server with: tau experts setup",
    "password": "The document is protected by a password, or of an old format.",
    "macros": "The document has macros. Save it without them.",
    "unreadable": UNREADABLE,
    "large": TOO_LARGE,
}


class FileType(NamedTuple):
    """What a file is by its content and name."""

    kind: DocumentKind
    media_type: str


class DocumentLine(msgspec.Struct, frozen=True):
    """A paragraph, a row, the size of a picture, or the end of a document."""

    text: str = ""
    page: int = 0
    """Counts from 1 in a PDF."""
    place: str = ""
    """The sheet of a row; in a Word file, where the text is besides its body."""
    row: int = 0
    pages: int = 0
    width: int = 0
    height: int = 0
    end: bool = False
    cut: bool = False
    """At the end: whether there's more than was read."""
    error: str = ""


def file_type(name: str, file: BinaryIO) -> FileType | None:
    """Return what a file is; `None` if Tau doesn't read such files."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    suffix = PurePath(name).suffix.lower()
    if head.startswith(b"%PDF"):
        return FileType("pdf", "application/pdf")
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        found = _ARCHIVES.get(suffix)
        return FileType(*found) if found else None
    for magic, media_type in _PICTURES:
        if head.startswith(magic):
            return FileType("picture", media_type)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return FileType("picture", "image/webp")
    named = _SUFFIXES.get(suffix)
    return FileType(*named) if named else None


def read_lines(
    file: BinaryIO,
    kind: DocumentKind,
    *,
    seconds: int,
    characters: int,
    python: Path | None = None,
) -> Iterator[DocumentLine]:
    """Yield the lines of a document; the last one is its end. Raises `UnreadableFile`.

    `python` is an interpreter that has the packages which Tau's own may lack.
    """
    asked = {"kind": kind, "seconds": seconds, "characters": characters}
    program = None if _can_read(kind) else python
    with reading_process(
        _PROGRAM, file, asked, unreadable=UNREADABLE, seconds=seconds, python=program
    ) as child:
        yield from _lines(child)


def _can_read(kind: DocumentKind) -> bool:
    needed = _NEEDED.get(kind)
    return needed is None or importlib.util.find_spec(needed) is not None


def _lines(child: subprocess.Popen[bytes]) -> Iterator[DocumentLine]:
    read = 0
    for raw in child.stdout or ():
        if not raw.endswith(b"\n"):
            break
        line = msgspec.json.decode(raw, type=DocumentLine)
        if line.error:
            raise UnreadableFile(_REASONS[line.error])
        read += bool(line.text)
        yield line
        if line.end:
            return
    # It ended on its own, or a signal ended it at one of its limits: what it read counts.
    if child.wait() >= 0:
        raise UnreadableFile(UNREADABLE)
    if not read:
        raise UnreadableFile(TOO_LARGE)
    yield DocumentLine(end=True, cut=True)
