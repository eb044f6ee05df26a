"""Tau's own export, put back.

Into an empty journal every entry goes back to its place, erased ones as empty places, since entries
speak of each other by their places. A restoring that was stopped goes on, and a journal that began
as this export stays as it is, whatever was said or forgotten in it since.

Into another journal only what has a name of its own goes: messages, claims and judgements that are
not here yet, and the names of conversations that they begin. What speaks of places (what was
forgotten, what was read for claims) and the switch of learning mean that other journal: they stay
behind. Claims of somebody else's wait, and their judgements are not taken, unless they are trusted.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from functools import partial
from hashlib import blake2b
from typing import Any, Protocol

import msgspec

from tau.errors import Conflict, DamagedEntry, NotFound
from tau.journal.entries import (
    ChangeUndone,
    ClaimLearned,
    ConversationChanged,
    EntriesForgotten,
    Entry,
    FactJudged,
    FileImported,
    MessageAdded,
    RawEntry,
    Record,
    UnknownEntry,
    decode,
)
from tau.life.life import Life
from tau.transfer.formats import SkippedItem, TauExportEntry, TauExportHeader
from tau.transfer.report import ImportCounter, RollbackSet

ORIGIN = "tau"
_MAX_MISSING = 100_000  # entries in a row; more, and the lines do not belong together


class ImportContext(Protocol):
    """The import that lines are taken for."""

    def import_id(self) -> str:
        """Return its id, beginning it where that is due."""
        ...

    def is_current_import(self, imported: str | None) -> bool:
        """Tell whether that import is this one."""
        ...

    async def write(
        self, find: Callable[[], Awaitable[list[Entry | RawEntry]]], *marks: RollbackSet
    ) -> list[Entry | RawEntry]:
        """Write down what `find` finds to be new, asked again if somebody wrote meanwhile."""
        ...

    async def preview(self, entries: Sequence[Entry | RawEntry], *, read: bool = True) -> None:
        """In a dry run, find out what would be learned from entries; `read`: by rules too."""
        ...

    def is_excluded(self, name: str) -> bool:
        """Tell whether the person forgot what is named so, and does not want it back."""
        ...


class JournalRestore:
    """Takes the lines of an export, batch by batch."""

    def __init__(
        self,
        life: Life,
        tally: ImportCounter,
        run: ImportContext,
        *,
        trust: bool,
        dry_run: bool,
    ) -> None:
        self._life = life
        self._counter = tally
        self._import = run
        self._trust = trust
        self._dry_run = dry_run
        self._next_seq = 1  # the place of the line that is expected
        self._existing_records: AsyncIterator[Record | DamagedEntry] | None = None
        self._merging = False
        self._scanned_seq = 0
        self._is_same_journal = False  # whether this journal and the export have an entry in common
        self._undecided: list[
            TauExportEntry
        ] = []  # lines that met erased entries before that was known
        self._seen = RollbackSet()  # what a merge has met, by identifier or digest
        self._created = RollbackSet()  # conversations and imports that this file begins
        self._conversations: set[str] = set()

    @property
    def is_restoring(self) -> bool:
        """Whether entries are being put back to their places: nobody else is to take one."""
        return self._next_seq > 1 and not self._merging

    async def process(self, pieces: Sequence[TauExportHeader | TauExportEntry]) -> None:
        """Write what is new in some lines."""
        lines: list[TauExportEntry] = []
        for piece in pieces:
            if isinstance(piece, TauExportHeader):
                self._trust = self._trust or piece.person == self._life.person
            else:
                lines += self._fill_gaps(piece)
        rest = lines if self._merging else await self._restore(lines)
        if rest:
            self._merging = True
            kept = await self._import.write(
                partial(self._merge_all, rest), self._seen, self._created
            )
            self._count(each.raw for each in kept if isinstance(each, RawEntry) and each.raw)

    def _fill_gaps(self, line: TauExportEntry) -> Iterator[TauExportEntry]:
        """Yield the line, with empty places before it where lines are missing."""
        missing = line.seq - self._next_seq
        if missing > _MAX_MISSING:
            self._merging = True  # places mean nothing any more
        if self._merging:
            yield line
            return
        if missing < 0:
            self._counter.add_skipped(SkippedItem(f"entry {line.seq}", "it stands there twice"))
            return
        if missing:
            last = line.seq - 1
            where = f"entry {last}" if missing == 1 else f"entries {self._next_seq} to {last}"
            self._counter.add_skipped(SkippedItem(where, "the export lacks them"))
            yield from (TauExportEntry(seq, 0.0, None) for seq in range(self._next_seq, line.seq))
        self._next_seq = line.seq + 1
        yield line

    # --- back to its place ----------------------------------------------------------------

    async def _restore(self, lines: list[TauExportEntry]) -> list[TauExportEntry]:
        """Put lines back to their places; return those that do not belong there.

        Whoever says something meanwhile takes a place: the rest does not belong there either.
        """
        there, foreign = await self._compare(lines)
        if foreign:
            doubtful, self._undecided = self._undecided, []
            return [*doubtful, *lines[there:]]
        self._counter.known += sum(
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

        Erased places are alike everywhere: it takes an entry in common to know a journal by. Where
        both are erased nothing speaks for either: a restoring that was stopped there goes on.
        """
        if self._existing_records is None:
            self._existing_records = self._life.journal.read()
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
        if self._dry_run:
            await self._import.preview(entries, read=False)  # what was read comes along
        else:
            await self._append(lines, entries)
        self._counter.restored = True
        self._count(entry.raw for entry in entries if entry.raw is not None)

    async def _append(self, lines: list[TauExportEntry], entries: list[RawEntry]) -> None:
        after = lines[0].seq - 1
        last = _decode_line(lines[-1])
        erase: tuple[int, ...] = ()
        if isinstance(last, EntriesForgotten):  # alone in its part
            erased = self._life.journal.erased
            erase = tuple(seq for seq in last.targets if seq not in erased)
        await self._life.journal.append(*entries, erase=erase, after=after)

    def _validated_entries(self, lines: list[TauExportEntry]) -> list[RawEntry]:
        """Return the lines as entries; one that means places after its own is left empty."""
        entries: list[RawEntry] = []
        for line in lines:
            entry = _decode_line(line)
            raw = line.raw
            if isinstance(entry, EntriesForgotten) and not all(
                0 < t < line.seq for t in entry.targets
            ):
                self._counter.add_skipped(
                    SkippedItem(f"entry {line.seq}", "it speaks of what comes later")
                )
                raw = None
            entries.append(RawEntry(raw, line.at))
        return entries

    # --- into another journal -------------------------------------------------------------

    async def _merge_all(self, lines: Sequence[TauExportEntry]) -> list[Entry | RawEntry]:
        await self._scan_journal()
        return [RawEntry(raw) for line in lines if (raw := self._merge(line)) is not None]

    async def _scan_journal(self) -> None:
        if self._life.journal.last == self._scanned_seq:
            return
        async for record in self._life.journal.read(self._scanned_seq):
            self._scanned_seq = record.seq
            if isinstance(record, DamagedEntry):
                continue
            if isinstance(record.entry, UnknownEntry):
                self._seen.add(_digest(record.raw))
            elif isinstance(record.entry, ClaimLearned | FactJudged | ChangeUndone):
                self._seen.add(_entry_key(record.entry))

    def _merge(self, line: TauExportEntry) -> bytes | None:
        """Return the entry of a line as it is to be written, or `None` if it is not."""
        entry = _decode_line(line)
        if entry is None or line.raw is None:
            return None
        match entry:
            case MessageAdded():
                return self._merge_message(entry, line.raw)
            case ConversationChanged(id=conversation):
                known = conversation not in self._created and self._is_existing_conversation(
                    conversation
                )
                if known or self._import.is_excluded(conversation):
                    return None
                self._created.add(conversation)
                return line.raw
            case ClaimLearned() | FactJudged() | ChangeUndone() | FileImported() | UnknownEntry():
                return self._merge_entry(entry, line.raw)
            case _:
                return None

    def _merge_message(self, said: MessageAdded, raw: bytes) -> bytes | None:
        if said.id in self._seen or self._is_message(said.id):
            self._counter.known += 1
            return None
        if self._import.is_excluded(said.id):
            self._counter.forgotten += 1
            return None
        self._seen.add(said.id)
        if not self._is_existing_conversation(said.conversation):
            self._created.add(said.conversation)
        more: dict[str, Any] = {}
        if said.origin is None:
            more["origin"] = ORIGIN
        if said.imported is None:
            more["imported"] = self._import.import_id()
        return _with_fields(raw, more)

    def _merge_entry(
        self,
        entry: ClaimLearned | FactJudged | ChangeUndone | FileImported | UnknownEntry,
        raw: bytes,
    ) -> bytes | None:
        name = _digest(raw) if isinstance(entry, UnknownEntry) else _entry_key(entry)
        known = name in self._seen
        if isinstance(entry, FileImported):  # told twice: when it began, and when it ended
            here = any(each.id == entry.id for each in self._life.memory.imports.all())
            known = here and name not in self._created
            if not known:
                self._created.add(name)
        if known:
            return None
        if isinstance(entry, ClaimLearned) and self._import.is_excluded(entry.id):
            self._counter.forgotten += 1
            return None
        self._seen.add(name)
        if isinstance(entry, ClaimLearned):
            return self._merge_claim(raw, entry)
        if isinstance(entry, FactJudged | ChangeUndone) and not self._trust:
            self._counter.add_skipped(SkippedItem("a judgement", "it is another person's"))
            return None
        return raw

    def _merge_claim(self, raw: bytes, learned: ClaimLearned) -> bytes:
        more: dict[str, Any] = {}
        if learned.imported is None:
            more["imported"] = self._import.import_id()
        if not self._trust:
            more |= {"trust": "waiting", "corrects": None}
        return _with_fields(raw, more)

    def _is_message(self, name: str) -> bool:
        try:
            self._life.memory.message(name)
        except NotFound:
            return False
        return True

    def _is_existing_conversation(self, conversation: str) -> bool:
        try:
            self._life.memory.conversation(conversation)
        except NotFound:
            return False
        if conversation in self._created:
            return False
        last = self._life.memory.conversation(conversation).last
        return last is None or not self._import.is_current_import(
            self._life.memory.message(last).imported
        )

    def _count(self, raws: Iterable[bytes]) -> None:
        """Count what was written."""
        for raw in raws:
            match decode(raw):
                case MessageAdded(conversation=conversation):
                    self._counter.messages += 1
                    self._counter.conversations += conversation not in self._conversations
                    self._conversations.add(conversation)
                case ClaimLearned():
                    self._counter.facts += 1


def _split_at_erasures(lines: list[TauExportEntry]) -> Iterator[list[TauExportEntry]]:
    """Yield the lines in parts that are written at once; what was forgotten stands alone."""
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
    """Tell whether an entry may be that of a line: one of them may be erased by now."""
    if isinstance(present, DamagedEntry) or not present.raw or line.raw is None:
        return present.seq == line.seq
    return _is_same(present, line)


def _is_erased(present: Record | DamagedEntry) -> bool:
    return isinstance(present, Record) and not present.raw


def _is_same(present: Record | DamagedEntry, line: TauExportEntry) -> bool:
    """Tell whether an entry is that of a line, and both are whole."""
    if isinstance(present, DamagedEntry) or not present.raw or line.raw is None:
        return False
    here: Any = msgspec.msgpack.decode(present.raw)
    there: Any = msgspec.msgpack.decode(line.raw)
    return present.seq == line.seq and bool(here == there)


def _decode_line(line: TauExportEntry) -> Entry | UnknownEntry | None:
    return None if line.raw is None else decode(line.raw)


def _entry_key(entry: ClaimLearned | FactJudged | ChangeUndone | FileImported) -> str:
    name = entry.target if isinstance(entry, ChangeUndone) else entry.id
    return f"{type(entry).__name__} {name}"


def _digest(raw: bytes) -> str:
    return blake2b(raw, digest_size=16).hexdigest()


def _with_fields(raw: bytes, more: dict[str, Any]) -> bytes:
    """Return an encoded entry with some fields set; `None` takes a field away."""
    if not more:
        return raw
    fields: dict[str, Any] = msgspec.msgpack.decode(raw)
    fields |= more
    return msgspec.msgpack.encode({name: each for name, each in fields.items() if each is not None})
