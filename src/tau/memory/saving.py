"""What is saved of a memory, and what it is opened with again, besides a whole `dump`."""

from collections.abc import Iterable, Mapping

from tau.memory import snapshot
from tau.memory.added_vectors import UnsavedVectors
from tau.memory.added_vectors import restore_added as restore_to
from tau.memory.memory import Memory


def capture(memory: Memory, saved: Mapping[str, int] | None = None) -> snapshot.Capture:
    """Return everything as it is now, for `SnapshotEncoder.encode`.

    The chunks whose revisions are `saved` (`SnapshotEncoder.revisions`) are left out.
    """
    return snapshot.capture(memory.last, memory.parts, saved or {})


def revisions(memory: Memory) -> dict[str, int]:
    """Return the revision of every chunk of rows that a snapshot keeps, by name."""
    return snapshot.revisions(memory.parts)


def unsaved_vectors(memory: Memory) -> UnsavedVectors:
    """Return the vectors that were made since they were last saved."""
    return UnsavedVectors(memory.parts.indexes)


def restore_added(memory: Memory, parts: Iterable[bytes]) -> None:
    """Keep the vectors that `UnsavedVectors.encode` gave, where they are still wanted."""
    restore_to(parts, memory.parts.indexes)


def compact(memory: Memory) -> None:
    """Keep what was just applied as compactly as what a snapshot restores."""
    memory.parts.indexes.lexical.compact()
