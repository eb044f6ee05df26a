"""Text of a Word document: its body, notes, comments, headers and footers. Nothing is rendered.

Text that is hidden or as white as the page is read like the rest: all of it is somebody's words.
"""

from collections.abc import Iterator
from fnmatch import fnmatch

from tau.documents.child.archive import OfficeArchive, new_parser
from tau.documents.child.limits import Refused

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_BODY = "word/document.xml"
_OTHERS = (
    ("word/footnotes.xml", "footnotes"),
    ("word/endnotes.xml", "endnotes"),
    ("word/comments.xml", "comments"),
    ("word/header*.xml", "header"),
    ("word/footer*.xml", "footer"),
)


def read_word(content: bytes) -> Iterator[tuple[int, str, str]]:
    """Yield texts with their places: the body's is empty."""
    archive = OfficeArchive(content)
    names = archive.names()
    if _BODY not in names:
        raise Refused("unreadable")
    yield 0, "", _text_of(archive, _BODY)
    for pattern, place in _OTHERS:
        for name in sorted(each for each in names if fnmatch(each, pattern)):
            yield 0, place, _text_of(archive, name)


def _text_of(archive: OfficeArchive, name: str) -> str:
    parser = new_parser()
    text: list[str] = []
    within = False

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

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    archive.parse(name, parser)
    return "".join(text)
