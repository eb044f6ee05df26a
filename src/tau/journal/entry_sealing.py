"""Sealing of one person's entries: typed entries to ciphertext, and rows back to records."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from tau.errors import DamagedEntry
from tau.journal.entries import Entry, RawEntry, Record, UnknownEntry, decode, encode
from tau.journal.store import SealedEntry
from tau.storage.sealing import SecretBox, UnsealError, entry_place


class SealedBatch(NamedTuple):
    """Entries that were sealed for the places after `expected`; erased ones have no ciphertext."""

    expected: int
    entries: Sequence[Entry | RawEntry]
    raws: Sequence[bytes]
    sealed: Sequence[bytes | None]

    @property
    def written(self) -> list[float | None]:
        """When each entry was first written, where that was in another journal."""
        return [each.at if isinstance(each, RawEntry) else None for each in self.entries]

    def records(self, at: float) -> Iterator[Record]:
        """Yield the entries as records of a journal to which they were written at `at`."""
        pairs = zip(self.entries, self.raws, strict=True)
        for seq, (entry, raw) in enumerate(pairs, start=self.expected + 1):
            if not isinstance(entry, RawEntry):
                yield Record(seq, at, entry, raw)
                continue
            written = at if entry.at is None else entry.at
            erased = UnknownEntry(kind="erased", at=written)
            yield Record(seq, written, erased if entry.raw is None else decode(raw), raw)


class EntrySealer:
    """Seals and opens the entries of one person with that person's data key."""

    def __init__(self, person: str, box: SecretBox) -> None:
        self.person = person
        self.box = box

    def digest(self, name: str) -> str:
        """Return a digest of `name`, keyed with the data key."""
        return self.box.digest(name)

    def digests(self, name: str) -> Iterator[str]:
        """Yield the digests of `name` by this data key and by those before it."""
        return self.box.digests(name)

    def seal(self, entries: Sequence[Entry | RawEntry], expected: int) -> SealedBatch:
        """Return `entries` encoded and sealed for the places that follow `expected`."""
        raws = [each.raw if isinstance(each, RawEntry) else encode(each) for each in entries]
        sealed = [
            None if raw is None else self.box.seal(raw, entry_place(self.person, seq))
            for seq, raw in enumerate(raws, start=expected + 1)
        ]
        return SealedBatch(expected, entries, [raw or b"" for raw in raws], sealed)

    def open(self, rows: Sequence[SealedEntry], after: int) -> list[Record | DamagedEntry]:
        """Return the rows that follow `after` as records; a missing row is a damaged entry."""
        opened: list[Record | DamagedEntry] = []
        for row in rows:
            missing = range(after + 1, row.seq)
            opened += [DamagedEntry(seq, "it is missing") for seq in missing]
            opened.append(self._open_row(row))
            after = row.seq
        return opened

    def _open_row(self, row: SealedEntry) -> Record | DamagedEntry:
        if row.sealed is None:
            return Record(row.seq, row.at, UnknownEntry(kind="erased", at=row.at), b"")
        try:
            raw = self.box.open(row.sealed, entry_place(self.person, row.seq))
            return Record(row.seq, row.at, decode(raw), raw)
        except UnsealError as error:
            return DamagedEntry(row.seq, str(error))
        except msgspec.MsgspecError:
            return DamagedEntry(row.seq, "it isn't an entry")
