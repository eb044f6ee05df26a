"""Transaction: the one way to write to the journal of a life.

While a transaction is open, no other one of the same life runs in this process. Another process
may still write; `append` with `after` refuses to write behind such an entry.
"""

import time
from collections.abc import Callable, Sequence

from tau.errors import Conflict, NotFound, SequenceConflict
from tau.journal.entries import ClaimLearned, Entry, MessageAdded, RawEntry, Record
from tau.journal.journal import Journal
from tau.memory import Memory

_ATTEMPTS = 20  # of a write that others keep overtaking


class Transaction:
    """Exclusive access to one life for reading, deciding and writing."""

    def __init__(self, journal: Journal, memory: Memory) -> None:
        self._journal = journal
        self._memory = memory

    @property
    def last(self) -> int:
        """The sequence number of the newest entry that is known."""
        return self._journal.last

    @property
    def erased(self) -> set[int]:
        """The sequence numbers of the entries that are erased."""
        return self._journal.erased

    async def append(
        self, *entries: Entry | RawEntry, erase: Sequence[int] = (), after: int | None = None
    ) -> list[Record]:
        """Write entries, all or none, and return their records.

        A claim whose source messages are gone is left out. Raises `NotFound` for a reply that
        recalled such a message, `Conflict` if the newest entry isn't `after`, and as the journal
        does.
        """
        kept = existing_sources(self._memory, entries)
        if not kept:
            return []
        return await self._journal.append(*kept, erase=erase, after=after)

    async def append_decided(self, decide: Callable[[], Sequence[Entry]]) -> list[Record]:
        """Write the entries that `decide` returns for what is known, all or none.

        If something else was written first, `decide` is called anew: what it read, such as the
        last message of a conversation, is true when its entries are written. Raises what `append`
        does, and `SequenceConflict` if others were faster too often.
        """
        for _ in range(_ATTEMPTS):
            await self._journal.settle()
            entries = decide()
            try:
                return await self.append(*entries, after=self.last)
            except Conflict:
                continue
        raise SequenceConflict("Too much is being written at once; try again.")

    async def erase(self, seqs: Sequence[int]) -> None:
        """Erase entries for good, and nothing that repeats them. Raises `NotFound`."""
        await self._journal.forget(seqs, time.time())

    async def catch_up(self) -> None:
        """Read what other processes wrote."""
        await self._journal.catch_up()

    def digests(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the digests by which the ids of erased items are recognised."""
        return tuple(map(self._journal.digest, names))


def depends_on_messages(entry: Entry) -> bool:
    """Return whether an entry is of no use without messages that may have been erased."""
    if isinstance(entry, ClaimLearned):
        return bool(entry.sources)
    if not isinstance(entry, MessageAdded) or entry.imported is not None:
        return False
    return bool(entry.recalled or entry.recalled_parts)


def existing_sources(memory: Memory, entries: Sequence[Entry | RawEntry]) -> list[Entry | RawEntry]:
    """Return the entries whose sources exist. Raises `NotFound` for a reply without."""
    written = {entry.id for entry in entries if isinstance(entry, MessageAdded)}

    def exists(message: str) -> bool:
        return message in written or memory.messages.find(message) is not None

    kept: list[Entry | RawEntry] = []
    for entry in entries:
        if isinstance(entry, RawEntry) or not depends_on_messages(entry):
            kept.append(entry)
        elif isinstance(entry, ClaimLearned):
            kept += [entry] if all(map(exists, entry.sources)) else []
        elif isinstance(entry, MessageAdded) and not (
            all(map(exists, entry.recalled))
            and all(memory.attachments.find(file) for file, _ in entry.recalled_parts)
        ):
            raise NotFound("Something this reply was based on has been forgotten. Ask again.")
        else:
            kept.append(entry)
    return kept
