"""Writing what an import adds to a life, or in a dry run only finding out what it would add."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial

import anyio.to_thread

from tau.errors import Conflict, SequenceConflict
from tau.journal.entries import Entry, RawEntry
from tau.life.life import Life
from tau.life.transaction import Transaction
from tau.transfer.import_record import ImportRecord
from tau.transfer.preview import ImportPreview
from tau.transfer.rollback import Savepoint

FindEntries = Callable[[], Awaitable[Sequence[Entry | RawEntry]]]
"""Returns the entries that are new by what is known now."""
MAX_ATTEMPTS = 1_000
"""How often a write that others keep overtaking is tried."""


class ImportWriter:
    """The one place where an import writes."""

    def __init__(
        self, life: Life, record: ImportRecord, preview: ImportPreview | None = None
    ) -> None:
        """With a `preview` this is a dry run: it gets the entries, and nothing is written."""
        self._life = life
        self._record = record
        self._preview = preview
        self._lock = AsyncExitStack()
        self._transaction: Transaction | None = None
        self.savepoints: list[Savepoint] = [record]
        """What goes back to its last commit when a write is overtaken."""

    async def lock(self) -> None:
        """Keep others from writing by what they know while an import decides what is new."""
        if self._transaction is None:
            context = self._life.transaction(catch_up=False)
            self._transaction = await self._lock.enter_async_context(context)

    async def unlock(self) -> None:
        """Let others write again."""
        self._transaction = None
        await self._lock.aclose()

    async def write_new(self, find: FindEntries) -> Sequence[Entry | RawEntry]:
        """Write what `find` returns, all or none, and return it.

        If another writer was faster, perhaps with the same entries, everything is rolled back and
        `find` is called again. Raises `SequenceConflict`, and as the journal does.
        """
        for savepoint in self.savepoints:
            savepoint.commit()
        for _ in range(MAX_ATTEMPTS):
            last = self._life.memory.last
            entries = await find()
            try:
                await self._append_new(entries, last)
            except Conflict:
                for savepoint in self.savepoints:
                    savepoint.rollback()
                await self._locked.catch_up()
            else:
                return entries
        raise SequenceConflict("Too much is being written at once. Import the file again.")

    async def _append_new(self, entries: Sequence[Entry | RawEntry], after: int) -> None:
        if self._preview is not None:
            await self._preview_entries(entries, read=True)
        elif entries:
            await self._locked.append(*self._record.unwritten(), *entries, after=after)
            self._record.written()

    async def write_in_place(
        self, entries: Sequence[RawEntry], *, after: int, erase: Sequence[int] = ()
    ) -> None:
        """Write entries after entry `after`. Raises `Conflict` unless it is the last one."""
        if self._preview is not None:  # what rules read is among the entries
            await self._preview_entries(entries, read=False)
        else:
            left = [seq for seq in erase if seq not in self._locked.erased]
            await self._locked.append(*entries, erase=left, after=after)

    async def write_end(self, entry: Entry) -> None:
        """Write the entry that ends an import, unless this is a dry run."""
        if self._preview is None:
            await self._life.append(entry)

    @property
    def _locked(self) -> Transaction:
        if self._transaction is None:
            raise RuntimeError("an import writes only while it holds the lock")
        return self._transaction

    async def _preview_entries(self, entries: Sequence[Entry | RawEntry], *, read: bool) -> None:
        if self._preview is not None and entries:
            process = partial(self._preview.process, entries, read=read)
            await anyio.to_thread.run_sync(process)
