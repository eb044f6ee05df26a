"""Bringing one's past: a file of another product, or of Tau's own, written into a life.

A conversation is written whole or not at all, with identifiers that follow from those of the file.
So a file that is brought twice, or a newer one of the same account, adds only what is new, and an
import that was stopped anywhere goes on where it was. Words are searchable at once; vectors and
learning follow behind.
"""

import time
from collections.abc import Awaitable, Callable, Container, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

import anyio.to_thread
import msgspec

from tau.errors import BadInput, Conflict, NotFound, SequenceConflict
from tau.ids import derived_id, new_id
from tau.journal.entries import ConversationChanged, Entry, Imported, Learned, Said
from tau.journal.journal import Raw
from tau.life.changes import Change
from tau.life.life import Life
from tau.transfer.formats import Line, Note, OwnHeader, OwnLine, Piece, Reading, Skipped, Talk, Told
from tau.transfer.formats.texts import called, shortened
from tau.transfer.preview import Foresight
from tau.transfer.report import Marks, Report, Tally
from tau.transfer.restoring import Restoring

_LINES_AT_ONCE = 200  # small, so that those who talk meanwhile hardly wait
_BYTES_AT_ONCE = 1 << 20
_ATTEMPTS = 1_000  # at writing what others keep overtaking
_LONGEST_CLAIM = 4_000  # characters
_LONGEST_FILE_NAME = 200


class Progress(msgspec.Struct, frozen=True):
    """How far an import is."""

    bytes_done: int
    bytes_total: int
    conversations: int
    messages: int
    facts: int
    skipped: int


Watcher = Callable[[Progress], None]
Find = Callable[[], Awaitable[list[Entry | Raw]]]


async def import_file(
    life: Life,
    source: Path | BinaryIO,
    name: str,
    *,
    trust: bool = False,
    forgotten: bool = False,
    dry_run: bool = False,
    progress: Watcher | None = None,
    import_id: str | None = None,
) -> Report:
    """Write what is new in a file into `life`; return what that was and what was left out.

    What a file claims of the person waits for their word, unless they `trust` it. What a file had
    brought and they forgot is left out, unless they want the `forgotten` back. The import is named
    `import_id`, unless it goes on with one that was stopped. With `dry_run` nothing is written.
    Cancelled, it leaves whole conversations, and goes on when called again. Raises `BadInput` if
    nothing in the file is known, and as the journal does.
    """
    with _opened(source) as (file, at):
        how = _How(trust, forgotten, dry_run, import_id or new_id())
        run = _Import(life, Reading(file, at), _file_name(name), how)
        return await run.run(progress or (lambda _: None))


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[tuple[BinaryIO, float | None]]:
    if not isinstance(source, Path):
        yield source, None
        return
    try:
        with source.open("rb") as file:
            yield file, source.stat().st_mtime
    except OSError as error:
        raise BadInput(f"{source.name} cannot be read: {error.strerror}.") from error


def _file_name(name: str) -> str:
    plain = name.replace("\\", "/").rsplit("/", 1)[-1].encode("utf-8", "replace").decode()
    return "".join(sign for sign in plain if sign.isprintable())[:_LONGEST_FILE_NAME]


class _How(msgspec.Struct, frozen=True):
    """How somebody wants a file to be brought."""

    trust: bool
    forgotten: bool
    dry_run: bool
    import_id: str


class _Import:
    """One run over one file."""

    def __init__(self, life: Life, reading: Reading, name: str, how: _How) -> None:
        self._life = life
        self._reading = reading
        self._name = name
        self._how = how
        self._tally = Tally()
        self._begun: Imported | None = None
        self._written = Marks()  # in this run; a dry run knows of it from here only
        self._due = False  # whether the entry that begins the import is to be written
        self._looked = False
        self._holding = False
        self._foresight = Foresight(life.memory.facts) if how.dry_run else None
        self._restoring = Restoring(life, self._tally, self, trust=how.trust, dry_run=how.dry_run)

    async def run(self, watcher: Watcher) -> Report:
        # A thread reads, so that turns go on; the generator is never in two threads at once.
        with closing(iter(self._reading)) as pieces:  # type: ignore[type-var]
            try:
                while batch := await anyio.to_thread.run_sync(_some, pieces):
                    await self._take(batch)
                    self._life.used_at = time.monotonic()
                    watcher(self._progress())
            finally:
                self._let_others_write()
        await self._finish()
        whole = self._reading.bytes_total
        watcher(msgspec.structs.replace(self._progress(), bytes_done=whole))
        written = self._begun.id if self._begun and not self._how.dry_run else None
        learned = () if self._foresight is None else self._foresight.told()
        return self._tally.report(written, self._reading.origin, self._name, learned)

    def _progress(self) -> Progress:
        tally = self._tally
        if not self._how.dry_run and len(self._life.changes):
            self._life.changes.publish(Change(what="imports"))
        return Progress(
            self._reading.bytes_done,
            self._reading.bytes_total,
            tally.conversations,
            tally.messages,
            tally.facts,
            tally.skipped_count,
        )

    async def _take(self, batch: list[Piece]) -> None:
        if not self._looked:
            self._looked, self._begun = True, self._unfinished()
        own = [piece for piece in batch if isinstance(piece, OwnHeader | OwnLine)]
        # Held so that nobody decides by what is known between our looking and our writing.
        if not self._holding:
            await self._life.changing.acquire()
            self._holding = True
        try:
            if own:
                await self._restoring.take(own)
            others = [piece for piece in batch if not isinstance(piece, OwnHeader | OwnLine)]
            await self.write(partial(self._new_in_all, others), self._written)
        finally:
            if not self._restoring.putting_back:
                self._let_others_write()

    async def _new_in_all(self, pieces: Sequence[Piece]) -> list[Entry | Raw]:
        return [entry for piece in pieces for entry in self._new_in(piece)]

    def _new_in(self, piece: Piece) -> list[Entry | Raw]:
        """Return what is to be written of a piece."""
        match piece:
            case Talk():
                return self._of_talk(piece)
            case Told():
                return self._of_told(piece)
            case Skipped():
                self._tally.skip(piece)
            case Note():
                self._tally.note(piece)
        return []

    def _let_others_write(self) -> None:
        if self._holding:
            self._holding = False
            self._life.changing.release()

    def import_id(self) -> str:
        """Return the id of this import, which begins with the first entry that is written."""
        if self._begun is None:
            self._due = True
            self._begun = Imported(
                at=time.time(),
                id=self._how.import_id,
                origin=self._reading.origin,
                name=self._name,
            )
        return self._begun.id

    def _unfinished(self) -> Imported | None:
        """Return an import of the same file that did not come to its end, so that it goes on."""
        for known in self._life.memory.imports():
            same = (known.origin, known.name) == (self._reading.origin, self._name)
            if same and not known.finished:
                return known
        return None

    async def write(self, find: Find, *marks: Marks) -> list[Entry | Raw]:
        """Write down what `find` finds to be new, all or none, and return it.

        If somebody else wrote meanwhile, perhaps the same, the `marks` that it made are taken back
        and it looks again.
        """
        held: list[Tally | Marks] = [self._tally, *marks]
        for each in held:
            each.settle()
        for _ in range(_ATTEMPTS):
            last = self._life.journal.last
            found = await find()
            try:
                await self._append(found, last)
            except Conflict:
                for each in held:
                    each.take_back()
                if self._due:  # what this import began with may not be new any more
                    self._begun, self._due = None, False
                await self._life.journal.catch_up()
            else:
                return found
        raise SequenceConflict("Too much is being written at once; bring the file again.")

    async def _append(self, entries: Sequence[Entry | Raw], after: int) -> None:
        if self._how.dry_run or not entries:
            await self.foresee(entries)
            return
        begun = [self._begun] if self._due and self._begun is not None else []
        await self._life.journal.append(*begun, *entries, after=after)
        self._due = False

    async def foresee(self, entries: Sequence[Entry | Raw], *, read: bool = True) -> None:
        """In a dry run, find out what would be learned from entries; `read`: by rules too."""
        if self._foresight is not None and entries:
            look = partial(self._foresight.take, entries, read=read)
            await anyio.to_thread.run_sync(look)

    def leaves_out(self, name: str) -> bool:
        """Tell whether the person forgot what is named so, and does not want it back."""
        return not self._how.forgotten and self._life.journal.keeps_out(name)

    async def _finish(self) -> None:
        if self._begun is None or self._how.dry_run:
            return
        tally = self._tally
        finished = msgspec.structs.replace(
            self._begun,
            at=time.time(),
            finished=True,
            conversations=tally.conversations + tally.conversations_before,
            messages=tally.messages + tally.messages_before,
            facts=tally.facts + tally.facts_before,
            skipped=tally.skipped_count,
        )
        await self._life.journal.append(finished)

    # --- conversations --------------------------------------------------------------------

    def _of_talk(self, talk: Talk) -> list[Entry | Raw]:
        """Return the entries of what is new in a conversation."""
        conversation = derived_id(talk.origin, talk.id)
        dropped = self._too_long(talk)
        forgotten = self._forgotten(talk)
        dropped |= forgotten
        known, entries, ours = 0, list[Entry | Raw](), 0
        new_here = not self._is_conversation(conversation)
        hang_on = None if new_here else self._said_here(conversation)
        for line in talk.lines:
            name = derived_id(talk.origin, talk.id, line.id)
            if line.id in dropped:
                continue
            if name in self._written or self._is_message(name):
                known += 1
                ours += self._is_ours(name)
                continue
            parent = _above(line, dropped)
            above = None if parent is None else derived_id(talk.origin, talk.id, parent)
            if hang_on is not None and (above is None or above not in self._written):
                above = hang_on
            self._written.add(name)
            entries.append(self._said(talk, line, name, conversation, above))
        self._tally.messages += len(entries)
        self._tally.known += known
        self._tally.messages_before += ours
        if not entries:
            self._tally.conversations_before += bool(ours)
            return []
        self._tally.conversations += 1
        if new_here:
            named_so = not forgotten and not self.leaves_out(conversation)
            entries.insert(0, _named(talk, conversation, dropped, named_so=named_so))
        self._written.add(conversation)
        return entries

    def _said(
        self, talk: Talk, line: Line, name: str, conversation: str, parent: str | None
    ) -> Said:
        return Said(
            at=line.at,
            id=name,
            conversation=conversation,
            by=line.by,
            text=line.text,
            speaker=line.speaker,
            parent=parent,
            model=line.model,
            origin=talk.origin,
            imported=self.import_id(),
        )

    def _too_long(self, talk: Talk) -> dict[str, str | None]:
        """Return the lines that cannot be kept, with their parents."""
        dropped: dict[str, str | None] = {}
        for line in talk.lines:
            try:
                self._life.checked(line.text)
            except BadInput:
                dropped[line.id] = line.parent
                size = len(line.text.encode())
                reason = f"one of its messages is too long ({size:,} bytes)"
                self._tally.skip(Skipped(called(talk.title), reason))
        return dropped

    def _forgotten(self, talk: Talk) -> dict[str, str | None]:
        """Return the lines that were forgotten before, with their parents."""
        left: dict[str, str | None] = {}
        for line in talk.lines:
            name = derived_id(talk.origin, talk.id, line.id)
            if self.leaves_out(name) and not self._is_message(name):
                left[line.id] = line.parent
        self._tally.forgotten += len(left)
        return left

    def _is_message(self, name: str) -> bool:
        try:
            self._life.memory.message(name)
        except NotFound:
            return False
        return True

    def _is_conversation(self, name: str) -> bool:
        if name in self._written:
            return True
        try:
            self._life.memory.conversation(name)
        except NotFound:
            return False
        return True

    def _is_ours(self, name: str) -> bool:
        """Tell whether an earlier run of this import wrote a message."""
        if name in self._written:
            return False
        return self.began(self._life.memory.message(name).imported)

    def began(self, imported: str | None) -> bool:
        """Tell whether that import is this one."""
        return imported is not None and self._begun is not None and imported == self._begun.id

    def _said_here(self, conversation: str) -> str | None:
        """Return the last message of a conversation if it was said to Tau since.

        What a newer file adds then follows it, so that it hides nothing that was said here.
        """
        if conversation in self._written:
            return None
        last = self._life.memory.conversation(conversation).last
        if last is None or self._life.memory.message(last).origin is not None:
            return None
        return last

    # --- claims ---------------------------------------------------------------------------

    def _of_told(self, told: Told) -> list[Entry | Raw]:
        """Return the entries of a claim that a file holds, where it is new."""
        name = derived_id(told.origin, told.id)
        if name in self._written or self._is_fact(name) or self._is_fact(told.id):
            self._tally.known += 1
            return []
        if self.leaves_out(name) or self.leaves_out(told.id):
            self._tally.forgotten += 1
            return []
        if len(told.claim.text) > _LONGEST_CLAIM:
            self._tally.skip(Skipped(f"a memory of {told.origin}", "it is too long for one"))
            return []
        self._written.add(name)
        self._tally.facts += 1
        learned = Learned(
            at=told.at,
            id=name,
            claim=told.claim,
            sources=tuple(self._sources(told)),
            trust="own" if self._how.trust else "waiting",
            by="import",
            imported=self.import_id(),
        )
        return [learned]

    def _is_fact(self, name: str) -> bool:
        try:
            self._life.memory.facts.get(name)
        except NotFound:
            return False
        return True

    def _sources(self, told: Told) -> Iterator[str]:
        for origin, conversation, message in told.sources:
            for name in (derived_id(origin, conversation, message), message):
                if self._is_message(name):
                    yield name
                    break


def _some(pieces: Iterator[Piece]) -> list[Piece]:
    """Return the next pieces: about as many as may be written at once."""
    batch: list[Piece] = []
    lines = size = 0
    for piece in pieces:
        batch.append(piece)
        if isinstance(piece, Talk):
            lines += len(piece.lines)
            size += sum(len(line.text) for line in piece.lines)
        else:
            lines += 1
            size += len(piece.raw or b"") if isinstance(piece, OwnLine) else 0
        if lines >= _LINES_AT_ONCE or size >= _BYTES_AT_ONCE:
            break
    return batch


def _above(line: Line, dropped: dict[str, str | None]) -> str | None:
    """Return the nearest line above that is kept."""
    parent = line.parent
    while parent is not None and parent in dropped:
        parent = dropped[parent]
    return parent


def _named(
    talk: Talk, conversation: str, dropped: Container[str], *, named_so: bool
) -> ConversationChanged:
    """Return what names a conversation: as it was there, or after the first words that are kept."""
    kept = (line for line in talk.lines if line.id not in dropped)
    first = next((line.text for line in kept if line.speaker is None), "")
    return ConversationChanged(
        at=talk.at,
        id=conversation,
        title=(talk.title if named_so else None) or shortened(first) or None,
        archived=True if talk.archived else None,
    )
