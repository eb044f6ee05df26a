"""Tau's own export (`tau export`): every entry of a journal, line by line."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tau.transfer.formats.pieces import OwnHeader, OwnLine, Piece, Skipped

ORIGIN = "tau"
_KNOWN_VERSION = 1


def is_header(item: Mapping[str, Any]) -> bool:
    """Tell whether an item is the first line of Tau's own export."""
    return "tau_export" in item


def is_line(item: Mapping[str, Any]) -> bool:
    """Tell whether an item is an entry of Tau's own export."""
    return "seq" in item and not {"entry", "erased", "damaged"}.isdisjoint(item)


def read_header(item: Mapping[str, Any], where: str) -> Iterator[Piece]:
    """Yield whose journal it was."""
    version = item["tau_export"]
    if isinstance(version, int) and version > _KNOWN_VERSION:
        yield Skipped(where, "a newer Tau wrote this export; what this one knows of it is read")
    yield OwnHeader(str(item.get("person", "")))


def read_line(item: Mapping[str, Any], where: str) -> Iterator[Piece]:
    """Yield one entry."""
    seq, at, entry = item["seq"], item.get("at", 0.0), item.get("entry")
    if isinstance(seq, bool) or not isinstance(seq, int) or not 0 < seq < 1 << 53:
        yield Skipped(where, "it has no place among the others")
        return
    moment = float(at) if isinstance(at, int | float) and abs(at) < 1e12 else 0.0
    if entry is None:
        if "damaged" in item:
            yield Skipped(f"entry {seq}", "it was damaged when the export was made")
        yield OwnLine(seq, moment, None)
    elif isinstance(entry, Mapping) and isinstance(entry.get("kind"), str):
        try:
            yield OwnLine(seq, moment, msgspec.msgpack.encode(entry))
        except (OverflowError, UnicodeEncodeError, ValueError, TypeError):
            yield Skipped(f"entry {seq}", "it cannot be kept")
            yield OwnLine(seq, moment, None)
    else:
        yield Skipped(f"entry {seq}", "it is no entry")
        yield OwnLine(seq, moment, None)
