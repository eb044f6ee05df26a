"""Exports of a journal: complete as JSON Lines, or readable as Markdown."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from tau.clock import date_time, local_now
from tau.errors import DamagedEntry
from tau.journal.entries import (
    ConversationChanged,
    FileAttached,
    MessageAdded,
    Record,
    UnknownEntry,
)
from tau.text.labels import as_label, as_line

FORMAT_VERSION = 1
_UNTITLED = "Untitled conversation"
_STATUS_SUFFIXES = {"stopped": " *(stopped)*", "interrupted": " *(interrupted)*"}
_encoder = msgspec.json.Encoder(order="deterministic")


class JournalReader(Protocol):
    """A journal to read from."""

    @property
    def person(self) -> str:
        """Whose journal it is."""
        ...

    def read(self, after: int = 0) -> AsyncIterator[Record | DamagedEntry]:
        """Yield every entry after `after`, in order."""
        ...


LeavesOut = Callable[[Record], bool]
"""Says of a record whether an export is to be without it."""


async def export_jsonl(
    journal: JournalReader, leaves_out: LeavesOut | None = None
) -> AsyncIterator[bytes]:
    """Yield the lines of a complete export.

    The first line states the format; each further line is `{"seq", "at", "entry"}` with the whole
    entry, even of an unknown kind. An erased entry has `erased` instead, an unreadable one
    `damaged`; one that is left out has `left_out`, and its place is empty like an erased one's.
    """
    header = {"tau_export": FORMAT_VERSION, "person": journal.person}
    yield _encoder.encode(header) + b"\n"
    async for record in journal.read():
        if leaves_out is not None and isinstance(record, Record) and leaves_out(record):
            line = {"seq": record.seq, "at": record.at, "erased": True, "left_out": True}
            yield _encoder.encode(line) + b"\n"
        else:
            yield _encoder.encode(_encode_line(record)) + b"\n"


async def export_markdown(
    journal: JournalReader, leaves_out: LeavesOut | None = None
) -> AsyncIterator[str]:
    """Yield every conversation as Markdown, in the order they were started.

    Messages that were replaced by an edit or a retry are included and marked. Times are in the time
    zone of this machine.
    """
    titles: dict[str, str] = {}
    threads: dict[str, list[MessageAdded]] = {}
    chosen: dict[str, str] = {}
    files: dict[str, str] = {}
    damaged: list[DamagedEntry] = []
    async for record in journal.read():
        if isinstance(record, DamagedEntry):
            damaged.append(record)
        elif leaves_out is not None and leaves_out(record):
            continue
        elif isinstance(record.entry, MessageAdded):
            threads.setdefault(record.entry.conversation, []).append(record.entry)
            chosen.pop(record.entry.conversation, None)
        elif isinstance(record.entry, FileAttached):
            files[record.entry.id] = as_label(record.entry.name)
        elif isinstance(record.entry, ConversationChanged):
            _note_change(record.entry, titles, chosen)
    yield f"# Conversations with Tau\n\nExported on {local_now():%Y-%m-%d}.\n"
    for error in damaged:
        yield f"\n> {error}\n"
    for conversation, said in threads.items():
        yield f"\n## {as_line(titles.get(conversation) or '') or _UNTITLED}\n"
        for piece in _messages(said, chosen.get(conversation), files):
            yield piece


def _note_change(
    change: ConversationChanged, titles: dict[str, str], chosen: dict[str, str]
) -> None:
    """Keep a conversation's title, or the version of it that was chosen."""
    if change.shows is not None:
        chosen[change.id] = change.shows
    elif change.title is not None:
        titles[change.id] = change.title


def _encode_line(record: Record | DamagedEntry) -> dict[str, Any]:
    if isinstance(record, DamagedEntry):
        return {"seq": record.seq, "damaged": record.reason}
    line: dict[str, Any] = {"seq": record.seq, "at": record.at}
    if isinstance(record.entry, UnknownEntry) and not record.raw:
        return line | {"erased": True}
    return line | {"entry": msgspec.msgpack.decode(record.raw)}


def _messages(
    said: list[MessageAdded], chosen: str | None, files: Mapping[str, str]
) -> Iterator[str]:
    visible = _current_branch(said, chosen)
    for message in said:
        who = as_label(message.speaker or "") or ("You" if message.by == "person" else "Tau")
        at = date_time(message.at)
        mark = _STATUS_SUFFIXES.get(message.status, "")
        replaced = "" if message.id in visible else " *(replaced)*"
        yield f"\n**{who}**, {at:%Y-%m-%d %H:%M}{mark}{replaced}\n\n{message.text}\n"
        for name in [files[each] for each in message.attachments if each in files]:
            yield f"\n*Attached: {name}*\n"


def _current_branch(said: Sequence[MessageAdded], chosen: str | None) -> set[str]:
    """Return the last message, or the last below the version that was chosen, and its parents."""
    parents = {message.id: message.parent for message in said}
    branch = {chosen} if chosen in parents else set(parents)
    for message in said:
        if message.parent in branch:
            branch.add(message.id)
    visible: set[str] = set()
    at = next((message.id for message in reversed(said) if message.id in branch), None)
    while at is not None and at not in visible:
        visible.add(at)
        at = parents.get(at)
    return visible
