"""Reader of import files. The kind of a file shows in its items, whatever its name is."""

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any, BinaryIO

import msgspec

from tau.errors import BadInput
from tau.transfer.formats import chat_jsonl, chatgpt, claude, pam, tau_export
from tau.transfer.formats.documents import Archive, CountingFile, Document, is_zip
from tau.transfer.formats.framing import Item, split_items
from tau.transfer.formats.import_items import ImportItem, ImportNote, SkippedItem
from tau.transfer.formats.text_values import as_name, display_title

Matches = Callable[[Mapping[str, Any]], bool]
ReadItems = Callable[[Mapping[str, Any], str, float], Iterator[ImportItem]]
UNKNOWN_FORMAT = (
    "Tau does not know this kind of file; it reads the exports of ChatGPT and Claude, Portable AI "
    "Memory, chats as JSON Lines, and its own."
)
_MAX_UNKNOWN_ITEMS = 20  # after which a document that held nothing else is left alone
_FORMATS: tuple[tuple[str, Matches, ReadItems], ...] = (  # the first that fits
    (
        tau_export.ORIGIN,
        tau_export.is_entry,
        lambda item, where, _: tau_export.read_entry(item, where),
    ),
    (
        tau_export.ORIGIN,
        tau_export.is_header,
        lambda item, where, _: tau_export.read_header(item, where),
    ),
    (chatgpt.ORIGIN, chatgpt.is_conversation, chatgpt.read_conversation),
    (claude.ORIGIN, claude.is_conversation, claude.read_conversation),
    (claude.ORIGIN, claude.is_memory, claude.read_memory),
    (claude.ORIGIN, claude.is_project, lambda item, where, _: claude.read_project(item, where)),
    (pam.ORIGIN, pam.is_store, lambda item, _, at: pam.read_store(item, at)),
    (pam.ORIGIN, pam.is_conversation, pam.read_conversation),
    (pam.ORIGIN, pam.is_memory, pam.read_memory),
)
_TITLE = re.compile(rb'"(?:title|name)"\s*:\s*("(?:[^"\\]|\\.)*")')
_REASONS = {
    "cut": "the file ends in the middle of it",
    "large": "it is too large to be one conversation",
    "deep": "it is nested too deeply to be one",
    "stray": "it is not valid JSON",
}


class ImportReader:
    """The items of a file, once and in order. Raises `BadInput` if nothing in it is known."""

    def __init__(self, file: BinaryIO, at: float | None = None) -> None:
        self._file = CountingFile(file)
        self._at = time.time() if at is None else at
        self._opening_counts: Counter[str] = Counter()
        self._known = 0
        self.origin = ""
        """The kind of the file, once its first item was read: `chatgpt`, `claude`, ..."""

    @property
    def bytes_done(self) -> int:
        """How much of the file was read."""
        return self._file.bytes_read

    @property
    def bytes_total(self) -> int:
        """How long the file is."""
        return self._file.total

    def __iter__(self) -> Generator[ImportItem, None, None]:
        if not self._file.total:
            raise BadInput("This file is empty.")
        if is_zip(self._file):
            yield from self._read_archive(Archive(self._file))
        else:
            yield from self._read_document(Document("", self._file, self._at))
        if not self._known:
            raise BadInput(UNKNOWN_FORMAT)

    def _read_archive(self, archive: Archive) -> Iterator[ImportItem]:
        for document in archive.documents():
            yield from self._read_document(document)
        for name, reason in archive.skipped:
            yield SkippedItem(name, reason)
        if archive.other_count and self._known:
            files = (
                "1 other file" if archive.other_count == 1 else f"{archive.other_count} other files"
            )
            yield ImportNote(files, "pictures and other files are not imported")

    def _read_document(self, document: Document) -> Iterator[ImportItem]:
        before = self._known
        skipped: list[SkippedItem] = []
        latin = False
        for item in split_items(document.chunks()):
            where = f"item {item.number}" + (f" of {document.name}" if document.name else "")
            found = _skipped_item(item, where) if item.problem else None
            if found is None:
                decoded, latin_here = _decode(item.raw)
                latin = latin or latin_here
                items = self._parse_item(decoded, where, document.at or self._at)
                if items is not None:
                    self._known += 1
                    yield from skipped
                    skipped.clear()
                    yield from items
                    continue
                found = SkippedItem(where, _rejection_reason(decoded))
            if self._known > before:
                yield found
            elif len(skipped) < _MAX_UNKNOWN_ITEMS:
                skipped.append(found)
            else:
                return  # some other file of the export
        yield from self._closing_items(document, skipped, latin, known=self._known > before)

    def _closing_items(
        self, document: Document, skipped: list[SkippedItem], latin: bool, *, known: bool
    ) -> Iterator[ImportItem]:
        name = document.name or "the file"
        if skipped and (any(map(_is_data_loss, skipped)) or not document.name):
            yield from skipped
        if document.problem:
            yield SkippedItem(name, document.problem)
        if latin and known:
            yield ImportNote(name, "it is not UTF-8; it was read as Latin-1")

    def _parse_item(self, item: Any, where: str, at: float) -> Iterator[ImportItem] | None:
        """Return what an item holds, or `None` if its kind is unknown."""
        if not isinstance(item, Mapping):
            return None
        origin, items = self._detect_format(item, where, at)
        if items is not None:
            self.origin = self.origin or origin
        return items

    def _detect_format(
        self, item: Mapping[str, Any], where: str, at: float
    ) -> tuple[str, Iterator[ImportItem] | None]:
        for origin, fits, read in _FORMATS:
            if fits(item):
                return origin, read(item, where, at)
        if chat_jsonl.is_conversation(item):
            return chat_jsonl.ORIGIN, chat_jsonl.read_conversation(
                item, where, at, self._opening_counts
            )
        return "", None


def _skipped_item(item: Item, where: str) -> SkippedItem:
    """Return the report of an item that cannot be imported, under the title it seems to have."""
    title = None
    if match := _TITLE.search(item.raw[:4096]):
        title = as_name(_decode(match[1])[0])
    return SkippedItem(display_title(title) if title else where, _REASONS[str(item.problem)])


def _rejection_reason(decoded: Any) -> str:
    return (
        "it is not valid JSON"
        if decoded is _NOT_JSON
        else "it is neither a conversation nor a memory"
    )


def _is_data_loss(skipped: SkippedItem) -> bool:
    return skipped.reason in {_REASONS["cut"], _REASONS["stray"]}


_NOT_JSON = object()


def _decode(raw: bytes) -> tuple[Any, bool]:
    """Return the value, or `_NOT_JSON`, and whether it had to be read as Latin-1."""
    try:
        return msgspec.json.decode(raw), False
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass  # it may hold lone surrogates, control characters or another encoding
    latin = False
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text, latin = raw.decode("latin-1"), True
    try:
        return json.loads(text, strict=False), latin
    except (ValueError, RecursionError):
        return _NOT_JSON, False
