"""A journal taken away: every entry as it was written, one JSON object a line."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from tau.errors import DamagedEntry
from tau.journal.entries import Record, Unknown
from tau.journal.journal import Journal

FORMAT_VERSION = 1
_encoder = msgspec.json.Encoder(order="deterministic")


async def export_jsonl(journal: Journal) -> AsyncIterator[bytes]:
    """Yield the lines of a complete export.

    The first line tells the format; each further line is `{"seq", "at", "entry"}` with the entry
    whole, also of kinds unknown here. An erased entry has no `entry`; one that cannot be read says
    so in `damaged`.
    """
    header = {"tau_export": FORMAT_VERSION, "person": journal.person}
    yield _encoder.encode(header) + b"\n"
    async for record in journal.read():
        yield _encoder.encode(_line(record)) + b"\n"


def _line(record: Record | DamagedEntry) -> dict[str, Any]:
    if isinstance(record, DamagedEntry):
        return {"seq": record.seq, "damaged": record.reason}
    line: dict[str, Any] = {"seq": record.seq, "at": record.at}
    if isinstance(record.entry, Unknown) and not record.raw:
        return line | {"erased": True}
    return line | {"entry": msgspec.msgpack.decode(record.raw)}
