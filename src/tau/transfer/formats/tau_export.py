"""Tau's own export (`tau export`): every entry of a journal, line by line."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tau.clock import is_in_calendar
from tau.transfer.formats.import_items import (
    ImportItem,
    SkippedItem,
    TauExportEntry,
    TauExportHeader,
)

ORIGIN = "tau"
_KNOWN_VERSION = 1


def is_header(item: Mapping[str, Any]) -> bool:
    """Return whether an item is the first line of Tau's own export."""
    return "tau_export" in item


def is_entry(item: Mapping[str, Any]) -> bool:
    """Return whether an item is an entry of Tau's own export."""
    return "seq" in item and not {"entry", "erased", "damaged"}.isdisjoint(item)


def read_header(item: Mapping[str, Any], where: str) -> Iterator[ImportItem]:
    """Yield whose journal it was."""
    version = item["tau_export"]
    if isinstance(version, int) and version > _KNOWN_VERSION:
        yield SkippedItem(
            where, "a newer Tau wrote this export; only what this version knows is read"
        )
    yield TauExportHeader(str(item.get("person", "")))


def read_entry(item: Mapping[str, Any], where: str) -> Iterator[ImportItem]:
    """Yield one entry."""
    seq, at, entry = item["seq"], item.get("at", 0.0), item.get("entry")
    if isinstance(seq, bool) or not isinstance(seq, int) or not 0 < seq < 1 << 53:
        yield SkippedItem(where, "its number is missing or damaged")
        return
    written_at = float(at) if isinstance(at, int | float) and is_in_calendar(at) else 0.0
    if entry is None:
        if "damaged" in item:
            yield SkippedItem(f"entry {seq}", "it was damaged when the export was made")
        yield TauExportEntry(seq, written_at, None)
    elif isinstance(entry, Mapping) and isinstance(entry.get("kind"), str):
        try:
            yield TauExportEntry(seq, written_at, msgspec.msgpack.encode(entry))
        except (OverflowError, UnicodeEncodeError, ValueError, TypeError):
            yield SkippedItem(f"entry {seq}", "it cannot be stored")
            yield TauExportEntry(seq, written_at, None)
    else:
        yield SkippedItem(f"entry {seq}", "it is not an entry")
        yield TauExportEntry(seq, written_at, None)
