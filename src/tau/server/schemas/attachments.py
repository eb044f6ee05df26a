"""Attached files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AttachmentOut:
    """A file, by what its content says that it is; `size` is in bytes.

    `pages` counts those of a PDF and the sheets of a workbook, `parts` the passages of its text.
    With `cut`, it has more text than Tau read. `width` and `height` are those of a picture. With
    `stored`, its bytes are on this machine; its text stays where they aren't.
    """

    id: str
    name: str
    media_type: str
    size: int
    pages: int
    parts: int
    cut: bool
    width: int
    height: int
    at: float
    conversation: str | None
    """None until a message names it."""
    stored: bool


@dataclass(frozen=True, slots=True)
class AttachmentList:
    """The files that messages name, oldest first."""

    attachments: list[AttachmentOut]


@dataclass(frozen=True, slots=True)
class AttachmentPartOut:
    """A passage of a file: its number from 0, its page from 1, and where it's elsewhere."""

    part: int
    page: int
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class AttachmentText:
    """The passages of a file's text, in their order."""

    parts: list[AttachmentPartOut]


@dataclass(frozen=True, slots=True)
class FoundPartOut:
    """A passage of a file that has words of a query, and the message that the file came with."""

    attachment: str
    part: int
    name: str
    page: int
    place: str
    text: str
    message: str
    conversation: str
    at: float


@dataclass(frozen=True, slots=True)
class FileSourceOut:
    """A passage of a file that a reply had: of which file, and where in it."""

    attachment: str
    part: int
    name: str
    page: int
    place: str
    text: str
