"""Bringing one's past: a file of another product, or of Tau's own, written into a life.

A conversation is written whole or not at all, with identifiers that follow from those of the file.
So a file that is brought twice, or a newer one of the same account, adds only what is new, and an
import that was stopped anywhere goes on where it was. Words are searchable at once; vectors and
learning follow behind.
"""

import time
from collections.abc import Awaitable, Callable, Container, Iterator, Sequence
from contextlib import aclosing, contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

import anyio.to_thread
import msgspec

from tau.errors import BadInput, Conflict, NotFound, SequenceConflict
from tau.ids import derived_id, new_id
from tau.journal.entries import (
    ClaimLearned,
    ConversationChanged,
    Entry,
    FileImported,
    MessageAdded,
    RawEntry,
)
from tau.life.life import Life
from tau.transfer.batches import read_batches
from tau.transfer.formats import (
    ImportedClaim,
    ImportedConversation,
    ImportedMessage,
    ImportItem,
    ImportNote,
    ImportReader,
    SkippedItem,
    TauExportEntry,
    TauExportHeader,
)
from tau.transfer.formats.text_values import display_title, shorten
from tau.transfer.preview import ImportPreview
from tau.transfer.report import ImportCounter, ImportReport, RollbackSet
from tau.transfer.restoring import JournalRestore

_MAX_ATTEMPTS = 1_000  # at writing what others keep overtaking
_MAX_CLAIM_CHARACTERS = 4_000  # characters
_MAX_FILE_NAME_CHARACTERS = 200


class ImportProgress(msgspec.Struct, frozen=True):
    """How far an import is."""

    bytes_done: int
    bytes_total: int
    conversations: int
    messages: int
    facts: int
    skipped: int


ProgressCallback = Callable[[ImportProgress], None]
FindEntries = Callable[[], Awaitable[list[Entry | RawEntry]]]


async def import_file(
    life: Life,
    source: Path | BinaryIO,
    name: str,
    *,
    trust: bool = False,
    forgotten: bool = False,
    dry_run: bool = False,
    progress: ProgressCallback | None = None,
    import_id: str | None = None,
) -> ImportReport:
    """Write what is new in a file into `life`; return what that was and what was left out.

    What a file claims of the person waits for their word, unless they `trust` it. What a file had
    brought and they forgot is left out, unless they want the `forgotten` back. The import is named
    `import_id`, unless it goes on with one that was stopped. With `dry_run` nothing is written.
    Cancelled, it leaves whole conversations, and goes on when called again. Raises `BadInput` if
    nothing in the file is known, and as the journal does.
    """
    with _open_source(source) as (file, at):
        how = _ImportOptions(trust, forgotten, dry_run, import_id or new_id())
        run = _ImportRun(life, ImportReader(file, at), _clean_file_name(name), how)
        return await run.run(progress or (lambda _: None))


@contextmanager
def _open_source(source: Path | BinaryIO) -> Iterator[tuple[BinaryIO, float | None]]:
    if not isinstance(source, Path):
        yield source, None
        return
    try:
        with source.open("rb") as file:
            yield file, source.stat().st_mtime
    except OSError as error:
        raise BadInput(f"{source.name} cannot be read: {error.strerror}.") from error


def _clean_file_name(name: str) -> str:
    plain = name.replace("\\", "/").rsplit("/", 1)[-1].encode("utf-8", "replace").decode()
    return "".join(sign for sign in plain if sign.isprintable())[:_MAX_FILE_NAME_CHARACTERS]


class _ImportOptions(msgspec.Struct, frozen=True):
    """How somebody wants a file to be brought."""

    trust: bool
    forgotten: bool
    dry_run: bool
    import_id: str


class _ImportRun:
    """One run over one file."""

    def __init__(self, life: Life, reading: ImportReader, name: str, how: _ImportOptions) -> None:
        self._life = life
        self._reader = reading
        self._name = name
        self._options = how
        self._counter = ImportCounter()
        self._import_entry: FileImported | None = None
        self._written_ids = RollbackSet()  # in this run; a dry run knows of it from here only
        self._start_pending = False  # whether the entry that begins the import is to be written
        self._has_started = False
        self._has_lock = False
        self._preview = ImportPreview(life.memory.facts) if how.dry_run else None
        self._restore = JournalRestore(
            life, self._counter, self, trust=how.trust, dry_run=how.dry_run
        )

    async def run(self, watcher: ProgressCallback) -> ImportReport:
        async with aclosing(read_batches(iter(self._reader))) as batches:
            try:
                async for batch in batches:
                    await self._process_batch(batch)
                    self._life.used_at = time.monotonic()
                    watcher(self._progress())
            finally:
                self._release_lock()
        await self._finish()
        whole = self._reader.bytes_total
        watcher(msgspec.structs.replace(self._progress(), bytes_done=whole))
        written = (
            self._import_entry.id if self._import_entry and not self._options.dry_run else None
        )
        learned = () if self._preview is None else self._preview.told()
        return self._counter.report(written, self._reader.origin, self._name, learned)

    def _progress(self) -> ImportProgress:
        tally = self._counter
        return ImportProgress(
            self._reader.bytes_done,
            self._reader.bytes_total,
            tally.conversations,
            tally.messages,
            tally.facts,
            tally.skipped_count,
        )

    async def _process_batch(self, batch: list[ImportItem]) -> None:
        if not self._has_started:
            self._has_started, self._import_entry = True, self._unfinished_import()
        own = [piece for piece in batch if isinstance(piece, TauExportHeader | TauExportEntry)]
        # Held so that nobody decides by what is known between our looking and our writing.
        if not self._has_lock:
            await self._life.write_lock.acquire()
            self._has_lock = True
        try:
            if own:
                await self._restore.process(own)
            others = [
                piece for piece in batch if not isinstance(piece, TauExportHeader | TauExportEntry)
            ]
            await self.write(partial(self._all_new_entries, others), self._written_ids)
        finally:
            if not self._restore.is_restoring:
                self._release_lock()

    async def _all_new_entries(self, pieces: Sequence[ImportItem]) -> list[Entry | RawEntry]:
        return [entry for piece in pieces for entry in self._new_entries(piece)]

    def _new_entries(self, piece: ImportItem) -> list[Entry | RawEntry]:
        """Return what is to be written of a piece."""
        match piece:
            case ImportedConversation():
                return self._conversation_entries(piece)
            case ImportedClaim():
                return self._claim_entries(piece)
            case SkippedItem():
                self._counter.add_skipped(piece)
            case ImportNote():
                self._counter.note(piece)
        return []

    def _release_lock(self) -> None:
        if self._has_lock:
            self._has_lock = False
            self._life.write_lock.release()

    def import_id(self) -> str:
        """Return the id of this import, which begins with the first entry that is written."""
        if self._import_entry is None:
            self._start_pending = True
            self._import_entry = FileImported(
                at=time.time(),
                id=self._options.import_id,
                origin=self._reader.origin,
                name=self._name,
            )
        return self._import_entry.id

    def _unfinished_import(self) -> FileImported | None:
        """Return an import of the same file that did not come to its end, so that it goes on."""
        for known in self._life.memory.imports.all():
            same = (known.origin, known.name) == (self._reader.origin, self._name)
            if same and not known.finished:
                return known
        return None

    async def write(self, find: FindEntries, *marks: RollbackSet) -> list[Entry | RawEntry]:
        """Write down what `find` finds to be new, all or none, and return it.

        If somebody else wrote meanwhile, perhaps the same, the `marks` that it made are taken back
        and it looks again.
        """
        held: list[ImportCounter | RollbackSet] = [self._counter, *marks]
        for each in held:
            each.commit()
        for _ in range(_MAX_ATTEMPTS):
            last = self._life.journal.last
            found = await find()
            try:
                await self._append(found, last)
            except Conflict:
                for each in held:
                    each.rollback()
                if self._start_pending:  # what this import began with may not be new any more
                    self._import_entry, self._start_pending = None, False
                await self._life.journal.catch_up()
            else:
                return found
        raise SequenceConflict("Too much is being written at once; bring the file again.")

    async def _append(self, entries: Sequence[Entry | RawEntry], after: int) -> None:
        if self._options.dry_run or not entries:
            await self.preview(entries)
            return
        begun = (
            [self._import_entry] if self._start_pending and self._import_entry is not None else []
        )
        await self._life.journal.append(*begun, *entries, after=after)
        self._start_pending = False

    async def preview(self, entries: Sequence[Entry | RawEntry], *, read: bool = True) -> None:
        """In a dry run, find out what would be learned from entries; `read`: by rules too."""
        if self._preview is not None and entries:
            look = partial(self._preview.process, entries, read=read)
            await anyio.to_thread.run_sync(look)

    def is_excluded(self, name: str) -> bool:
        """Tell whether the person forgot what is named so, and does not want it back."""
        return not self._options.forgotten and self._life.journal.has_tombstone(name)

    async def _finish(self) -> None:
        if self._import_entry is None or self._options.dry_run:
            return
        tally = self._counter
        finished = msgspec.structs.replace(
            self._import_entry,
            at=time.time(),
            finished=True,
            conversations=tally.conversations + tally.conversations_before,
            messages=tally.messages + tally.messages_before,
            facts=tally.facts + tally.facts_before,
            skipped=tally.skipped_count,
        )
        await self._life.journal.append(finished)

    # --- conversations --------------------------------------------------------------------

    def _conversation_entries(self, talk: ImportedConversation) -> list[Entry | RawEntry]:
        """Return the entries of what is new in a conversation."""
        conversation = derived_id(talk.origin, talk.id)
        dropped = self._too_long_messages(talk)
        forgotten = self._forgotten_messages(talk)
        dropped |= forgotten
        known, entries, ours = 0, list[Entry | RawEntry](), 0
        new_here = not self._is_conversation(conversation)
        hang_on = None if new_here else self._last_local_message(conversation)
        for line in talk.lines:
            name = derived_id(talk.origin, talk.id, line.id)
            if line.id in dropped:
                continue
            if name in self._written_ids or self._is_message(name):
                known += 1
                ours += self._is_from_earlier_run(name)
                continue
            parent = _kept_ancestor(line, dropped)
            above = None if parent is None else derived_id(talk.origin, talk.id, parent)
            if hang_on is not None and (above is None or above not in self._written_ids):
                above = hang_on
            self._written_ids.add(name)
            entries.append(self._message_entry(talk, line, name, conversation, above))
        self._counter.messages += len(entries)
        self._counter.known += known
        self._counter.messages_before += ours
        if not entries:
            self._counter.conversations_before += bool(ours)
            return []
        self._counter.conversations += 1
        if new_here:
            named_so = not forgotten and not self.is_excluded(conversation)
            entries.insert(0, _conversation_entry(talk, conversation, dropped, named_so=named_so))
        self._written_ids.add(conversation)
        return entries

    def _message_entry(
        self,
        talk: ImportedConversation,
        line: ImportedMessage,
        name: str,
        conversation: str,
        parent: str | None,
    ) -> MessageAdded:
        return MessageAdded(
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

    def _too_long_messages(self, talk: ImportedConversation) -> dict[str, str | None]:
        """Return the lines that cannot be kept, with their parents."""
        dropped: dict[str, str | None] = {}
        for line in talk.lines:
            try:
                self._life.validated_text(line.text)
            except BadInput:
                dropped[line.id] = line.parent
                size = len(line.text.encode())
                reason = f"one of its messages is too long ({size:,} bytes)"
                self._counter.add_skipped(SkippedItem(display_title(talk.title), reason))
        return dropped

    def _forgotten_messages(self, talk: ImportedConversation) -> dict[str, str | None]:
        """Return the lines that were forgotten before, with their parents."""
        left: dict[str, str | None] = {}
        for line in talk.lines:
            name = derived_id(talk.origin, talk.id, line.id)
            if self.is_excluded(name) and not self._is_message(name):
                left[line.id] = line.parent
        self._counter.forgotten += len(left)
        return left

    def _is_message(self, name: str) -> bool:
        try:
            self._life.memory.message(name)
        except NotFound:
            return False
        return True

    def _is_conversation(self, name: str) -> bool:
        if name in self._written_ids:
            return True
        try:
            self._life.memory.conversation(name)
        except NotFound:
            return False
        return True

    def _is_from_earlier_run(self, name: str) -> bool:
        """Tell whether an earlier run of this import wrote a message."""
        if name in self._written_ids:
            return False
        return self.is_current_import(self._life.memory.message(name).imported)

    def is_current_import(self, imported: str | None) -> bool:
        """Tell whether that import is this one."""
        return (
            imported is not None
            and self._import_entry is not None
            and imported == self._import_entry.id
        )

    def _last_local_message(self, conversation: str) -> str | None:
        """Return the last message of a conversation if it was said to Tau since.

        What a newer file adds then follows it, so that it hides nothing that was said here.
        """
        if conversation in self._written_ids:
            return None
        last = self._life.memory.conversation(conversation).last
        if last is None or self._life.memory.message(last).origin is not None:
            return None
        return last

    # --- claims ---------------------------------------------------------------------------

    def _claim_entries(self, told: ImportedClaim) -> list[Entry | RawEntry]:
        """Return the entries of a claim that a file holds, where it is new."""
        name = derived_id(told.origin, told.id)
        if name in self._written_ids or self._is_fact(name) or self._is_fact(told.id):
            self._counter.known += 1
            return []
        if self.is_excluded(name) or self.is_excluded(told.id):
            self._counter.forgotten += 1
            return []
        if len(told.claim.text) > _MAX_CLAIM_CHARACTERS:
            self._counter.add_skipped(
                SkippedItem(f"a memory of {told.origin}", "it is too long for one")
            )
            return []
        self._written_ids.add(name)
        self._counter.facts += 1
        learned = ClaimLearned(
            at=told.at,
            id=name,
            claim=told.claim,
            sources=tuple(self._sources(told)),
            trust="own" if self._options.trust else "waiting",
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

    def _sources(self, told: ImportedClaim) -> Iterator[str]:
        for origin, conversation, message in told.sources:
            for name in (derived_id(origin, conversation, message), message):
                if self._is_message(name):
                    yield name
                    break


def _kept_ancestor(line: ImportedMessage, dropped: dict[str, str | None]) -> str | None:
    """Return the nearest line above that is kept."""
    parent = line.parent
    while parent is not None and parent in dropped:
        parent = dropped[parent]
    return parent


def _conversation_entry(
    talk: ImportedConversation, conversation: str, dropped: Container[str], *, named_so: bool
) -> ConversationChanged:
    """Return what names a conversation: as it was there, or after the first words that are kept."""
    kept = (line for line in talk.lines if line.id not in dropped)
    first = next((line.text for line in kept if line.speaker is None), "")
    return ConversationChanged(
        at=talk.at,
        id=conversation,
        title=(talk.title if named_so else None) or shorten(first) or None,
        archived=True if talk.archived else None,
    )
