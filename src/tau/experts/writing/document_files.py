"""Files of documents: Word, Markdown and plain text, read as blocks and written with changes.

What isn't changed stays as it was in the file, also in Markdown, whose forms Tau doesn't impose.
"""

import io
import re
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
from tau.experts.writing.text_encoding import TextEncoding, decode_text

DocumentFormat = Literal["docx", "md", "txt"]
_SECONDS = 10
_UNREADABLE = "The file can't be read now."
MAX_TEXT_BYTES = 2 * 1024**2
_PLAIN = TextEncoding()
_LEAD = re.compile(r"\n([ \t>]*)")
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
    encoding: TextEncoding = _PLAIN


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
    if len(data) > MAX_TEXT_BYTES:
        raise BadInput("The file is larger than 2 MB.")
    text, encoding = decode_text(data)
    parse = parse_markdown if found == "md" else parse_plain_text
    return DocumentFile(found, data, parse(text), encoding=encoding)


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
    return _spliced(file, document, marked=author is not None)


def convert_document(
    document: TextDocument,
    to: DocumentFormat,
    *,
    paper: Paper = "a4",
    encoding: TextEncoding = _PLAIN,
) -> bytes:
    """Return a document as a new file."""
    if to == "docx":
        return new_docx(document, paper=paper)
    return encoding.encode((render_markdown if to == "md" else render_plain_text)(document))


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


def _spliced(file: DocumentFile, document: TextDocument, *, marked: bool) -> bytes:
    """Return the file with changed blocks put where they were, or else rendered anew."""
    source, encoding = decode_text(file.data)
    plain, places = _with_newlines(source)
    texts = {block.id: block.text for block in document.blocks}
    pieces: list[str] = []
    place = 0
    for block in file.document.blocks:
        found = _lines(block.text).search(plain, place)
        if found is None:
            return encoding.encode(_rendered(file, document, marked=marked))
        start, end = found.span()
        after = texts.get(block.id, "")
        if after != block.text:
            shown = mark_changes(block.text, after) if marked else after
            lead = _LEAD.search(found[0])  # of the lines below the first one, as in a list
            written = shown.replace("\n", encoding.line_end + (lead[1] if lead else ""))
        else:
            written = source[places[start] : places[end]]
        pieces += [source[places[place] : places[start]], written]
        place = end
    return encoding.encode_as_is("".join([*pieces, source[places[place] :]]))


def _lines(text: str) -> re.Pattern[str]:
    """Return a pattern of a block's text, whose lines may be indented or quoted."""
    return re.compile(r"\n[ \t>]*".join(map(re.escape, text.split("\n"))))


def _with_newlines(source: str) -> tuple[str, list[int]]:
    """Return a text whose lines end with a newline, and where each character was before."""
    places: list[int] = []
    characters: list[str] = []
    for place, character in enumerate(source):
        if character == "\n" and place and source[place - 1] == "\r":
            continue
        characters.append("\n" if character == "\r" else character)
        places.append(place)
    return "".join(characters), [*places, len(source)]


def _rendered(file: DocumentFile, document: TextDocument, *, marked: bool) -> str:
    render = render_markdown if file.format == "md" else render_plain_text
    before, after = render(file.document), render(document)
    return mark_changes(before, after) if marked else after
