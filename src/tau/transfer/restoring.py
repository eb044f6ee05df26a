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
    ConversationChanged,
    Entry,
    Forgot,
    Imported,
    Judged,
    Learned,
    Record,
    Said,
    Undone,
    Unknown,
    decode,
)
from tau.journal.journal import Raw
from tau.life.life import Life
from tau.transfer.formats import OwnHeader, OwnLine, Skipped
from tau.transfer.report import Marks, Tally

ORIGIN = "tau"
_MOST_MISSING = 100_000  # entries in a row; more, and the lines do not belong together


class Import(Protocol):
    """The import that lines are taken for."""

    def import_id(self) -> str:
        """Return its id, beginning it where that is due."""
        ...

    def began(self, imported: str | None) -> bool:
        """Tell whether that import is this one."""
        ...

    async def write(
        self, find: Callable[[], Awaitable[list[Entry | Raw]]], *marks: Marks
    ) -> list[Entry | Raw]:
        """Write down what `find` finds to be new, asked again if somebody wrote meanwhile."""
        ...

    async def foresee(self, entries: Sequence[Entry | Raw], *, read: bool = True) -> None:
        """In a dry run, find out what would be learned from entries; `read`: by rules too."""
        ...

    def leaves_out(self, name: str) -> bool:
        """Tell whether the person forgot what is named so, and does not want it back."""
        ...


class Restoring:
    """Takes the lines of an export, batch by batch."""

    def __init__(
        self,
        life: Life,
        tally: Tally,
        run: Import,
        *,
        trust: bool,
        dry_run: bool,
    ) -> None:
        self._life = life
        self._tally = tally
        self._run = run
        self._trust = trust
        self._dry_run = dry_run
        self._next = 1  # the place of the line that is expected
        self._present: AsyncIterator[Record | DamagedEntry] | None = None
        self._merging = False
        self._looked_up_to = 0
        self._akin = False  # whether this journal and the export have an entry in common
        self._doubtful: list[OwnLine] = []  # lines that met erased entries before that was known
        self._known = Marks()  # what a merge has met, by identifier or digest
        self._ours = Marks()  # conversations and imports that this file begins
        self._conversations: set[str] = set()

    @property
    def putting_back(self) -> bool:
        """Whether entries are being put back to their places: nobody else is to take one."""
        return self._next > 1 and not self._merging

    async def take(self, pieces: Sequence[OwnHeader | OwnLine]) -> None:
        """Write what is new in some lines."""
        lines: list[OwnLine] = []
        for piece in pieces:
            if isinstance(piece, OwnHeader):
                self._trust = self._trust or piece.person == self._life.person
            else:
                lines += self._in_place(piece)
        rest = lines if self._merging else await self._restore(lines)
        if rest:
            self._merging = True
            kept = await self._run.write(partial(self._merged_all, rest), self._known, self._ours)
            self._count(each.raw for each in kept if isinstance(each, Raw) and each.raw)

    def _in_place(self, line: OwnLine) -> Iterator[OwnLine]:
        """Yield the line, with empty places before it where lines are missing."""
        missing = line.seq - self._next
        if missing > _MOST_MISSING:
            self._merging = True  # places mean nothing any more
        if self._merging:
            yield line
            return
        if missing < 0:
            self._tally.skip(Skipped(f"entry {line.seq}", "it stands there twice"))
            return
        if missing:
            last = line.seq - 1
            where = f"entry {last}" if missing == 1 else f"entries {self._next} to {last}"
            self._tally.skip(Skipped(where, "the export lacks them"))
            yield from (OwnLine(seq, 0.0, None) for seq in range(self._next, line.seq))
        self._next = line.seq + 1
        yield line

    # --- back to its place ----------------------------------------------------------------

    async def _restore(self, lines: list[OwnLine]) -> list[OwnLine]:
        """Put lines back to their places; return those that do not belong there.

        Whoever says something meanwhile takes a place: the rest does not belong there either.
        """
        there, foreign = await self._compare(lines)
        if foreign:
            doubtful, self._doubtful = self._doubtful, []
            return [*doubtful, *lines[there:]]
        self._tally.known += sum(isinstance(_entry(line), Said) for line in lines[:there])
        for part in _parts(lines[there:]):
            try:
                await self._put(part)
            except Conflict:
                return lines[lines.index(part[0]) :]
        return []

    async def _compare(self, lines: list[OwnLine]) -> tuple[int, bool]:
        """Return how many lines are here already, and whether the next means another journal.

        Erased places are alike everywhere: it takes an entry in common to know a journal by. Where
        both are erased nothing speaks for either: a restoring that was stopped there goes on.
        """
        if self._present is None:
            self._present = self._life.journal.read()
        for there, line in enumerate(lines):
            present = await anext(self._present, None)
            if present is None:
                return there, bool(self._doubtful)
            if not _alike(present, line):
                return there, True
            self._akin = self._akin or _equal(present, line)
            if self._akin:
                self._doubtful.clear()
            elif line.raw is not None or not _is_empty(present):
                self._doubtful.append(line)
        return len(lines), False

    async def _put(self, lines: list[OwnLine]) -> None:
        entries = self._checked(lines)
        if self._dry_run:
            await self._run.foresee(entries, read=False)  # what was read comes along
        else:
            await self._append(lines, entries)
        self._tally.restored = True
        self._count(entry.raw for entry in entries if entry.raw is not None)

    async def _append(self, lines: list[OwnLine], entries: list[Raw]) -> None:
        after = lines[0].seq - 1
        last = _entry(lines[-1])
        erase: tuple[int, ...] = ()
        if isinstance(last, Forgot):  # alone in its part
            erased = self._life.journal.erased
            erase = tuple(seq for seq in last.targets if seq not in erased)
        await self._life.journal.append(*entries, erase=erase, after=after)

    def _checked(self, lines: list[OwnLine]) -> list[Raw]:
        """Return the lines as entries; one that means places after its own is left empty."""
        entries: list[Raw] = []
        for line in lines:
            entry = _entry(line)
            raw = line.raw
            if isinstance(entry, Forgot) and not all(0 < t < line.seq for t in entry.targets):
                self._tally.skip(Skipped(f"entry {line.seq}", "it speaks of what comes later"))
                raw = None
            entries.append(Raw(raw, line.at))
        return entries

    # --- into another journal -------------------------------------------------------------

    async def _merged_all(self, lines: Sequence[OwnLine]) -> list[Entry | Raw]:
        await self._look_at_what_is_here()
        return [Raw(raw) for line in lines if (raw := self._merged(line)) is not None]

    async def _look_at_what_is_here(self) -> None:
        if self._life.journal.last == self._looked_up_to:
            return
        async for record in self._life.journal.read(self._looked_up_to):
            self._looked_up_to = record.seq
            if isinstance(record, DamagedEntry):
                continue
            if isinstance(record.entry, Unknown):
                self._known.add(_digest(record.raw))
            elif isinstance(record.entry, Learned | Judged | Undone):
                self._known.add(_name(record.entry))

    def _merged(self, line: OwnLine) -> bytes | None:
        """Return the entry of a line as it is to be written, or `None` if it is not."""
        entry = _entry(line)
        if entry is None or line.raw is None:
            return None
        match entry:
            case Said():
                return self._said(entry, line.raw)
            case ConversationChanged(id=conversation):
                known = conversation not in self._ours and self._is_here(conversation)
                if known or self._run.leaves_out(conversation):
                    return None
                self._ours.add(conversation)
                return line.raw
            case Learned() | Judged() | Undone() | Imported() | Unknown():
                return self._named(entry, line.raw)
            case _:
                return None

    def _said(self, said: Said, raw: bytes) -> bytes | None:
        if said.id in self._known or self._is_message(said.id):
            self._tally.known += 1
            return None
        if self._run.leaves_out(said.id):
            self._tally.forgotten += 1
            return None
        self._known.add(said.id)
        if not self._is_here(said.conversation):
            self._ours.add(said.conversation)
        more: dict[str, Any] = {}
        if said.origin is None:
            more["origin"] = ORIGIN
        if said.imported is None:
            more["imported"] = self._run.import_id()
        return _with(raw, more)

    def _named(
        self, entry: Learned | Judged | Undone | Imported | Unknown, raw: bytes
    ) -> bytes | None:
        name = _digest(raw) if isinstance(entry, Unknown) else _name(entry)
        known = name in self._known
        if isinstance(entry, Imported):  # told twice: when it began, and when it ended
            here = any(each.id == entry.id for each in self._life.memory.imports())
            known = here and name not in self._ours
            if not known:
                self._ours.add(name)
        if known:
            return None
        if isinstance(entry, Learned) and self._run.leaves_out(entry.id):
            self._tally.forgotten += 1
            return None
        self._known.add(name)
        if isinstance(entry, Learned):
            return self._learned(raw, entry)
        if isinstance(entry, Judged | Undone) and not self._trust:
            self._tally.skip(Skipped("a judgement", "it is another person's"))
            return None
        return raw

    def _learned(self, raw: bytes, learned: Learned) -> bytes:
        more: dict[str, Any] = {}
        if learned.imported is None:
            more["imported"] = self._run.import_id()
        if not self._trust:
            more |= {"trust": "waiting", "corrects": None}
        return _with(raw, more)

    def _is_message(self, name: str) -> bool:
        try:
            self._life.memory.message(name)
        except NotFound:
            return False
        return True

    def _is_here(self, conversation: str) -> bool:
        try:
            self._life.memory.conversation(conversation)
        except NotFound:
            return False
        if conversation in self._ours:
            return False
        last = self._life.memory.conversation(conversation).last
        return last is None or not self._run.began(self._life.memory.message(last).imported)

    def _count(self, raws: Iterable[bytes]) -> None:
        """Count what was written."""
        for raw in raws:
            match decode(raw):
                case Said(conversation=conversation):
                    self._tally.messages += 1
                    self._tally.conversations += conversation not in self._conversations
                    self._conversations.add(conversation)
                case Learned():
                    self._tally.facts += 1


def _parts(lines: list[OwnLine]) -> Iterator[list[OwnLine]]:
    """Yield the lines in parts that are written at once; what was forgotten stands alone."""
    part: list[OwnLine] = []
    for line in lines:
        if isinstance(_entry(line), Forgot):
            if part:
                yield part
            yield [line]
            part = []
        else:
            part.append(line)
    if part:
        yield part


def _alike(present: Record | DamagedEntry, line: OwnLine) -> bool:
    """Tell whether an entry may be that of a line: one of them may be erased by now."""
    if isinstance(present, DamagedEntry) or not present.raw or line.raw is None:
        return present.seq == line.seq
    return _equal(present, line)


def _is_empty(present: Record | DamagedEntry) -> bool:
    return isinstance(present, Record) and not present.raw


def _equal(present: Record | DamagedEntry, line: OwnLine) -> bool:
    """Tell whether an entry is that of a line, and both are whole."""
    if isinstance(present, DamagedEntry) or not present.raw or line.raw is None:
        return False
    here: Any = msgspec.msgpack.decode(present.raw)
    there: Any = msgspec.msgpack.decode(line.raw)
    return present.seq == line.seq and bool(here == there)


def _entry(line: OwnLine) -> Entry | Unknown | None:
    return None if line.raw is None else decode(line.raw)


def _name(entry: Learned | Judged | Undone | Imported) -> str:
    name = entry.target if isinstance(entry, Undone) else entry.id
    return f"{type(entry).__name__} {name}"


def _digest(raw: bytes) -> str:
    return blake2b(raw, digest_size=16).hexdigest()


def _with(raw: bytes, more: dict[str, Any]) -> bytes:
    """Return an encoded entry with some fields set; `None` takes a field away."""
    if not more:
        return raw
    fields: dict[str, Any] = msgspec.msgpack.decode(raw)
    fields |= more
    return msgspec.msgpack.encode({name: each for name, each in fields.items() if each is not None})
