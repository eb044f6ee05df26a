"""Restoring Tau's own export: its entries go back to their places in the journal.

Into an empty journal every entry goes back to its place, erased ones as empty places, since entries
refer to each other by their places. That is only done with a file that the person trusts:
everything in it then counts as it did there. A restore that was stopped resumes, and a journal that
began as this export stays as it is, whatever was written or forgotten in it since. What doesn't
belong in its place is merged (`entry_merging`).
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import msgspec

from tau.errors import Conflict, DamagedEntry
from tau.journal.entries import (
    EntriesForgotten,
    Entry,
    MessageAdded,
    RawEntry,
    Record,
    UnknownEntry,
    decode,
)
from tau.life.life import Life
from tau.transfer.formats import SkippedItem, TauExportEntry
from tau.transfer.report import ImportCounter
from tau.transfer.writing import ImportWriter

_MAX_MISSING = 1_000  # entries in all; more, and the lines do not belong together


class JournalRestore:
    """Puts the lines of an export back to their places, batch by batch."""

    def __init__(
        self, life: Life, writer: ImportWriter, counter: ImportCounter, *, trust: bool
    ) -> None:
        """Without `trust` nothing is put back; what is here already is still recognised."""
        self._life = life
        self._writer = writer
        self._counter = counter
        self._trust = trust
        self._missing = 0  # lines that the export lacks
        self._next_seq = 1  # the place of the line that is expected
        self._existing_records: AsyncIterator[Record | DamagedEntry] | None = None
        self._merging = False  # whether lines don't belong in their places from here on
        self._is_same_journal = False  # whether this journal and the export have an entry in common
        self._undecided: list[TauExportEntry] = []  # met erased entries before that was known

    @property
    def is_restoring(self) -> bool:
        """Whether entries are being put back to their places, so that no others may take one."""
        return self._next_seq > 1 and not self._merging

    async def put_back(self, lines: Sequence[TauExportEntry]) -> list[TauExportEntry]:
        """Put lines back to their places; return those that are to be merged instead."""
        whole = [each for line in lines for each in self._fill_gaps(line)]
        rest = whole if self._merging else await self._restore(whole)
        self._merging = self._merging or bool(rest)
        return rest

    def _fill_gaps(self, line: TauExportEntry) -> Iterator[TauExportEntry]:
        """Yield the line, with empty places before it where lines are missing."""
        missing = line.seq - self._next_seq
        self._missing += max(missing, 0)
        if self._missing > _MAX_MISSING:
            self._merging = True  # places mean nothing any more
        if self._merging:
            yield line
            return
        if missing < 0:
            self._counter.add_skipped(SkippedItem(f"entry {line.seq}", "it appears twice"))
            return
        if missing:
            last = line.seq - 1
            where = f"entry {last}" if missing == 1 else f"entries {self._next_seq} to {last}"
            self._counter.add_skipped(SkippedItem(where, "the export doesn't contain them"))
            yield from (TauExportEntry(seq, 0.0, None) for seq in range(self._next_seq, line.seq))
        self._next_seq = line.seq + 1
        yield line

    async def _restore(self, lines: list[TauExportEntry]) -> list[TauExportEntry]:
        """Put lines back to their places; return those that do not belong there.

        An entry written in the meantime takes a place: then the rest does not belong there.
        """
        there, foreign = await self._compare(lines)
        if foreign or not (self._trust or there == len(lines)):
            doubtful, self._undecided = self._undecided, []
            return [*doubtful, *lines[there:]]
        self._counter.counts.known += sum(
            isinstance(_decode_line(line), MessageAdded) for line in lines[:there]
        )
        for part in _split_at_erasures(lines[there:]):
            try:
                await self._restore_lines(part)
            except Conflict:
                return lines[lines.index(part[0]) :]
        return []

    async def _compare(self, lines: list[TauExportEntry]) -> tuple[int, bool]:
        """Return how many lines are here already, and whether the next means another journal.

        Erased entries are alike everywhere, so it takes an entry in common to recognise a journal.
        Where both are erased nothing decides it, and a restore that was stopped there resumes.
        """
        if self._existing_records is None:
            self._existing_records = self._life.read()
        for there, line in enumerate(lines):
            present = await anext(self._existing_records, None)
            if present is None:
                return there, bool(self._undecided)
            if not _may_be_same(present, line):
                return there, True
            self._is_same_journal = self._is_same_journal or _is_same(present, line)
            if self._is_same_journal:
                self._undecided.clear()
            elif line.raw is not None or not _is_erased(present):
                self._undecided.append(line)
        return len(lines), False

    async def _restore_lines(self, lines: list[TauExportEntry]) -> None:
        entries = self._validated_entries(lines)
        last = _decode_line(lines[-1])
        erase: tuple[int, ...] = ()
        if isinstance(last, EntriesForgotten):  # alone in its part
            erase = last.targets
        await self._writer.write_in_place(entries, after=lines[0].seq - 1, erase=erase)
        self._counter.restored = True
        self._counter.add_written(entries)

    def _validated_entries(self, lines: list[TauExportEntry]) -> list[RawEntry]:
        """Return the lines as entries; one that refers to later places is left empty."""
        entries: list[RawEntry] = []
        for line in lines:
            entry = _decode_line(line)
            raw = line.raw
            if isinstance(entry, EntriesForgotten) and not all(
                0 < t < line.seq for t in entry.targets
            ):
                self._counter.add_skipped(
                    SkippedItem(f"entry {line.seq}", "it refers to later entries")
                )
                raw = None
            entries.append(RawEntry(raw, line.at))
        return entries


def _split_at_erasures(lines: list[TauExportEntry]) -> Iterator[list[TauExportEntry]]:
    """Yield the lines in parts that are written at once; an erasure is a part of its own."""
    part: list[TauExportEntry] = []
    for line in lines:
        if isinstance(_decode_line(line), EntriesForgotten):
            if part:
                yield part
            yield [line]
            part = []
        else:
            part.append(line)
    if part:
        yield part


def _may_be_same(present: Record | DamagedEntry, line: TauExportEntry) -> bool:
    """Return whether an entry may be that of a line: one of them may be erased by now."""
    if isinstance(present, DamagedEntry) or not present.raw or line.raw is None:
        return present.seq == line.seq
    return _is_same(present, line)


def _is_erased(present: Record | DamagedEntry) -> bool:
    return isinstance(present, Record) and not present.raw


def _is_same(present: Record | DamagedEntry, line: TauExportEntry) -> bool:
    """Return whether an entry is that of a line, and both are whole."""
    if isinstance(present, DamagedEntry) or not present.raw or line.raw is None:
        return False
    here: Any = msgspec.msgpack.decode(present.raw)
    there: Any = msgspec.msgpack.decode(line.raw)
    return present.seq == line.seq and bool(here == there)


def _decode_line(line: TauExportEntry) -> Entry | UnknownEntry | None:
    return None if line.raw is None else decode(line.raw)
