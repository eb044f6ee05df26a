"""State of an import that goes back to its last commit when a write is overtaken."""

from typing import Protocol


class Savepoint(Protocol):
    """Something that is committed before a write and rolled back when the write is repeated."""

    def commit(self) -> None:
        """Keep the state of now."""
        ...

    def rollback(self) -> None:
        """Return to the state of the last `commit`."""
        ...


class RollbackSet:
    """Set of names. Those added since the last commit can be taken back."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._uncommitted: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def add(self, name: str) -> None:
        """Add a name."""
        if name not in self._names:
            self._names.add(name)
            self._uncommitted.append(name)

    def commit(self) -> None:
        """Keep every name for good."""
        self._uncommitted.clear()

    def rollback(self) -> None:
        """Remove the names that were added since the last commit."""
        self._names.difference_update(self._uncommitted)
        self._uncommitted.clear()
