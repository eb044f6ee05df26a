"""Files of documents: Word, Markdown and plain text, read as blocks and written with changes.

What isn't changed stays as it was in the file, also in Markdown, whose forms Tau doesn't impose.
"""

import io
from pathlib import PurePath
from typing import Literal, NamedTuple

import msgspec

from tau.documents.reading_process import reading_process
from tau.errors import BadInput
from tau.experts.writing.blocks import (
    TextDocument,
    parse_markdown,
    parse_plain_text,
    render_markdown,
    render_plain_text,
)
from tau.experts.writing.diff import diff_words
from tau.experts.writing.docx_in import DocxContent, read_docx
from tau.experts.writing.docx_new import Paper, new_docx
from tau.experts.writing.docx_out import revise_docx
from tau.experts.writing.docx_package import RefusedFile
from tau.experts.writing.docx_program import TOO_LARGE, DocxAnswer

DocumentFormat = Literal["docx", "md", "txt"]
_SECONDS = 10
_UNREADABLE = "The file can't be read now."
MAX_TEXT_BYTES = 2 * 1024**2
_SUFFIXES: dict[str, DocumentFormat] = {
    ".docx": "docx",
    ".md": "md",
    ".markdown": "md",
    ".txt": "txt",
}


class DocumentFile(NamedTuple):
    """A file that was read. `word` is what a Word file has besides its text."""

    format: DocumentFormat
    data: bytes
    document: TextDocument
    word: DocxContent | None = None


def format_of(name: str) -> DocumentFormat:
    """Return the format that a file's name says. Raises `BadInput`."""
    found = _SUFFIXES.get(PurePath(name).suffix.lower())
    if found is None:
        raise BadInput("Tau reads and writes .docx, .md and .txt files.")
    return found


def read_document(name: str, data: bytes) -> DocumentFile:
    """Read a file. Raises `BadInput` with the reason if it isn't opened."""
    found = format_of(name)
    if found == "docx":
        try:
            word = read_docx(data)
        except RefusedFile as error:
            raise BadInput(str(error)) from error
        return DocumentFile(found, data, word.document, word)
    text = _decoded(data)
    parse = parse_markdown if found == "md" else parse_plain_text
    return DocumentFile(found, data, parse(text))


def read_strange_document(name: str, data: bytes) -> DocumentFile:
    """Read a file of a stranger: a Word file in a process of its own. Blocks. Raises `BadInput`."""
    if format_of(name) != "docx":
        return read_document(name, data)
    asked = {"seconds": _SECONDS}
    with reading_process(
        "tau.experts.writing.docx_program",
        io.BytesIO(data),
        asked,
        unreadable=_UNREADABLE,
        seconds=2 * _SECONDS,
    ) as child:
        written = child.stdout.read() if child.stdout else b""
    try:
        answer = msgspec.json.decode(written, type=DocxAnswer)
    except msgspec.DecodeError:  # one of its limits ended it
        raise BadInput(TOO_LARGE) from None
    if answer.content is None:
        raise BadInput(answer.reason)
    return DocumentFile("docx", data, answer.content.document, answer.content)


def write_document(
    file: DocumentFile, document: TextDocument, *, author: str | None = None, date: str = ""
) -> bytes:
    """Return the file with the text of `document`, with an author as tracked changes.

    In Markdown and plain text these have the form of CriticMarkup: `{~~old~>new~~}`. Raises
    `BadInput` if it isn't opened.
    """
    if file.format == "docx":
        try:
            return revise_docx(file.data, document, author=author, date=date)
        except RefusedFile as error:
            raise BadInput(str(error)) from error
    return _spliced(file, document, marked=author is not None).encode()


def convert_document(document: TextDocument, to: DocumentFormat, *, paper: Paper = "a4") -> bytes:
    """Return a document as a new file."""
    if to == "docx":
        return new_docx(document, paper=paper)
    return (render_markdown if to == "md" else render_plain_text)(document).encode()


def mark_changes(before: str, after: str) -> str:
    """Return a text with its changes in CriticMarkup."""
    for hunk in reversed(diff_words(before, after)):
        old = before[hunk.start : hunk.end]
        mark = f"{{~~{old}~>{hunk.text}~~}}"
        if not old:
            mark = f"{{++{hunk.text}++}}"
        elif not hunk.text:
            mark = f"{{--{old}--}}"
        before = before[: hunk.start] + mark + before[hunk.end :]
    return before


def _decoded(data: bytes) -> str:
    if len(data) > MAX_TEXT_BYTES:
        raise BadInput("The file is larger than 2 MB.")
    try:
        return data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("The file's text isn't in UTF-8.") from error


def _spliced(file: DocumentFile, document: TextDocument, *, marked: bool) -> str:
    """Return the file's text with changed blocks put where they were, or else rendered anew."""
    source = _decoded(file.data).replace("\r\n", "\n")
    texts = {block.id: block.text for block in document.blocks}
    pieces: list[str] = []
    place = 0
    for block in file.document.blocks:
        start = source.find(block.text, place)
        if start < 0:
            return _rendered(file, document, marked=marked)
        after = texts.get(block.id, "")
        pieces += [source[place:start], mark_changes(block.text, after) if marked else after]
        place = start + len(block.text)
    return "".join([*pieces, source[place:]])


def _rendered(file: DocumentFile, document: TextDocument, *, marked: bool) -> str:
    render = render_markdown if file.format == "md" else render_plain_text
    before, after = render(file.document), render(document)
    return mark_changes(before, after) if marked else after
