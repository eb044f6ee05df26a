"""A log of the studio that is open: a journal of its own, with what is folded from it."""

import time
from collections.abc import Sequence
from typing import Self

from tau.journal.entries import EntriesForgotten, RawEntry, Record
from tau.journal.journal import Journal
from tau.journal.store import Store


class SealedLog:
    """Base class of opened logs. Open one with `open`; override `_apply` to fold what is read."""

    def __init__(self, journal: Journal, keys: tuple[bytes, ...]) -> None:
        self.keys = keys
        """The keys that open the log, the newest first; that one seals what is written."""
        self.used_at = time.monotonic()
        self._journal = journal
        journal.listener = self._apply

    @classmethod
    async def open(cls, store: Store, log_id: str, keys: tuple[bytes, ...]) -> Self:
        """Open a log with its keys, the newest first, and fold what is in it."""
        log = cls(Journal(store, log_id, keys[0], earlier_keys=keys[1:]), keys)
        await log.refresh()
        return log

    @property
    def id(self) -> str:
        """The id of the log."""
        return self._journal.person

    @property
    def last(self) -> int:
        """The number of the newest entry: a decision is written `after` what it was made on."""
        return self._journal.last

    async def refresh(self) -> None:
        """Read what other processes have written."""
        await self._journal.catch_up()

    async def close(self) -> None:
        """Refuse to write from now on, and wait for the writes in progress."""
        await self._journal.close()

    async def _write(self, *entries: bytes, after: int | None = None) -> None:
        """Write entries, all or none; with `after`, only if that is the newest entry.

        Raises `Conflict`, and `NotFound` once the log is removed.
        """
        await self._journal.append(*map(_entry, entries), after=after)

    async def _erase(
        self, seqs: Sequence[int], *entries: bytes, at: float, after: int | None = None
    ) -> None:
        """Erase entries for good, here and in backups, in one transaction with others.

        The first of `entries` says what was erased, the others stand in for it.
        """
        targets = tuple(sorted(seqs))
        first, *others = map(_entry, entries)
        await self._journal.append(
            first,
            EntriesForgotten(at=at, targets=targets),
            *others,
            erase=targets,
            after=after,
        )

    def _apply(self, record: Record) -> None:
        """Take the next entry."""
        raise NotImplementedError


def _entry(raw: bytes) -> RawEntry:
    return RawEntry(raw=raw)
