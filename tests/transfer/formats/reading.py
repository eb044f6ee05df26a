"""Reads made-up files for the tests."""

import io
from typing import TypeVar

from tau.transfer.formats import (
    ImportedConversation,
    ImportedMessage,
    ImportItem,
    ImportNote,
    ImportReader,
    SkippedItem,
)

T = TypeVar("T")


def pieces(raw: bytes) -> list[ImportItem]:
    return list(ImportReader(io.BytesIO(raw), at=5.0))


def of(kind: type[T], raw: bytes) -> list[T]:
    return [piece for piece in pieces(raw) if isinstance(piece, kind)]


def talk(raw: bytes) -> ImportedConversation:
    (only,) = of(ImportedConversation, raw)
    return only


def texts(one: ImportedConversation) -> list[str]:
    return [line.text for line in one.messages]


def thread(one: ImportedConversation) -> list[str]:
    """The texts of what shows: the last line walked up its parents."""
    by_id = {line.id: line for line in one.messages}
    shown: list[ImportedMessage] = []
    at: str | None = one.messages[-1].id
    while at is not None:
        shown.append(by_id[at])
        at = by_id[at].parent
    return [line.text for line in reversed(shown)]


def reasons(raw: bytes) -> list[str]:
    return [f"{each.where}: {each.reason}" for each in of(SkippedItem, raw)]


def notes(raw: bytes) -> list[str]:
    return [f"{each.where}: {each.text}" for each in of(ImportNote, raw)]
