"""Saving of an opened memory: snapshots, and the vectors that came after the last one."""

import asyncio

from tau.journal.journal import Journal
from tau.memory import Memory
from tau.memory.saving import capture, compact, restore_added, revisions, unsaved_vectors
from tau.memory.snapshot import SnapshotEncoder


class LifeSaving:
    """Saves one memory beside its journal. What changed is encoded in a thread."""

    def __init__(self, journal: Journal) -> None:
        self.seq = 0
        """The last entry that the newest snapshot covers."""
        self.lock = asyncio.Lock()
        """Held while something is saved."""
        self._journal = journal
        self._encoder = SnapshotEncoder()

    async def open(self) -> Memory:
        """Return the memory of the newest snapshot; empty if there is none to be trusted."""
        snapshot = await self._journal.load_snapshot()
        if snapshot is not None:
            try:
                memory = await asyncio.to_thread(Memory.restore, snapshot[1])
            except ValueError:
                self._journal.reset()
            else:
                self.seq = snapshot[0]
                self._encoder.restored(revisions(memory), snapshot[1])
                return memory
        return Memory()

    async def complete(self, memory: Memory) -> None:
        """Add the vectors that came after the snapshot, once the entries after it are applied."""
        restore_added(memory, self._journal.snapshots.added)
        await asyncio.to_thread(compact, memory)

    def unsaved(self, memory: Memory) -> int:
        """Return how much the snapshot lacks: entries or vectors, whichever are more."""
        return max(memory.last - self.seq, len(unsaved_vectors(memory)))

    def is_whole_due(self, memory: Memory, most: int) -> bool:
        """Return whether the snapshot is gone, with its vectors, or lacks `most` or more."""
        return self._journal.snapshots.dropped or self.unsaved(memory) >= most

    async def save(self, memory: Memory) -> bool:
        """Save a snapshot; return False if it has to be tried again. Call it with the lock."""
        # All of one moment: what happens while it is encoded is not part of it.
        seq, captured = memory.last, capture(memory, self._encoder.revisions)
        erasures, vectors = self._journal.erasures.copy(), unsaved_vectors(memory)
        encoded = await asyncio.to_thread(self._encoder.encode, captured)
        saved = await self._journal.save_snapshot(
            encoded.parts, seq, erasures=erasures, unchanged=encoded.unchanged
        )
        self._encoder.saved(encoded.chunks if saved else {})
        if saved:
            self.seq = seq
            vectors.saved()
        return saved

    async def save_vectors(self, memory: Memory) -> bool:
        """Save only the vectors that are new; return False if it has to be tried again.

        The entries are in the log, from where they are read again. Call it with the lock.
        """
        vectors = unsaved_vectors(memory)
        if not len(vectors):
            return True
        erasures = self._journal.erasures.copy()
        saved = await self._journal.snapshots.add(vectors.encode(), memory.last, erasures)
        if saved:
            vectors.saved()
        return saved
