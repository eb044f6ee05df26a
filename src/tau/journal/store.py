"""Store of everybody's sealed entries and snapshots: ciphertext in, ciphertext out.

This module knows nothing of keys or of what an entry says.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from tau.journal.group_commit import GroupCommit, Write
from tau.journal.postgres_commits import PostgresCommits
from tau.journal.sql_commits import SqlCommits, head_of, lock_present
from tau.storage.database import Database
from tau.storage.schema import entries, snapshots

__all__ = ["SealedEntry", "SealedSnapshot", "SnapshotFence", "Store", "Write"]


class SealedEntry(NamedTuple):
    """A row of the log; `sealed` is `None` if the entry was erased."""

    seq: int
    sealed: bytes | None
    at: float


class SealedSnapshot(NamedTuple):
    """A sealed part of a projection of the entries up to `seq`."""

    seq: int
    sealed: bytes


SnapshotFence = Callable[[sa.Connection], bool]
"""Returns whether a snapshot may be written in the transaction of a connection."""


class Store:
    """Appends, reads and erases sealed entries and snapshots. Create one per database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._commits = GroupCommit(
            SqlCommits(database) if database.is_sqlite else PostgresCommits(database)
        )

    def append(self, write: Write) -> asyncio.Future[float]:
        """Queue `write`; the future's result is the time of its commit, once it is on the disk.

        Writes are done in the order of the calls. The future fails with `SequenceConflict` if the
        log of that person does not end at `write.expected`, or with `NotFound` if there is no such
        person, or with `StoreFull` or `StoreUnavailable`. Cancelling the future does not undo the
        write: shield it.
        """
        return self._commits.append(write)

    async def read(self, person: str, after: int, limit: int) -> list[SealedEntry]:
        """Return up to `limit` entries of `person` after `after`, in order."""
        query = (
            sa.select(entries.c.seq, entries.c.sealed, entries.c.at)
            .where(entries.c.person == person, entries.c.seq > after)
            .order_by(entries.c.seq)
            .limit(limit)
        )
        return await self._database.run(
            lambda c: [SealedEntry(*row) for row in c.execute(query)], read_only=True
        )

    async def last(self, person: str) -> int:
        """Return the sequence number of the newest entry of `person`, 0 if there is none."""
        return await self._database.run(lambda c: head_of(c, person), read_only=True)

    async def erased(self, person: str) -> int:
        """Return the number of erased entries of `person`."""
        return await self._database.run(lambda c: _erased(c, person), read_only=True)

    async def save_snapshot(
        self,
        person: str,
        parts: Mapping[str, SealedSnapshot],
        keep: set[str],
        erased: int,
        *,
        unchanged: Mapping[str, bytes] | None = None,
        fence: SnapshotFence | None = None,
    ) -> bool:
        """Replace the snapshot of `person` with `parts` and the stored rows named in `keep`.

        Returns False, and saves nothing, if the number of erased entries is not `erased` any more:
        a snapshot made earlier must not contain what was just forgotten. Nor if the person is gone,
        if another writer replaced the rows `unchanged`, or if `fence` refuses.
        """

        def work(connection: sa.Connection) -> bool:
            if not lock_present(connection, {person}) or _erased(connection, person) != erased:
                return False
            if fence is not None and not fence(connection):
                return False
            if unchanged and _stored_parts(connection, person, unchanged) != unchanged:
                return False
            stale = sa.delete(snapshots).where(
                snapshots.c.person == person, snapshots.c.name.not_in(keep)
            )
            connection.execute(stale)
            rows = [
                {"person": person, "name": name, "seq": part.seq, "sealed": part.sealed}
                for name, part in parts.items()
            ]
            connection.execute(sa.insert(snapshots), rows)
            return True

        return await self._database.run(work)

    async def add_to_snapshot(
        self,
        person: str,
        name: str,
        part: SealedSnapshot,
        erased: int,
        *,
        fence: SnapshotFence | None = None,
    ) -> bool:
        """Store a part beside the snapshot of `person`, until the next one replaces all of them.

        Returns False, and stores nothing, as `save_snapshot` does.
        """

        def work(connection: sa.Connection) -> bool:
            if not lock_present(connection, {person}) or _erased(connection, person) != erased:
                return False
            if fence is not None and not fence(connection):
                return False
            row = {"person": person, "name": name, "seq": part.seq, "sealed": part.sealed}
            connection.execute(sa.insert(snapshots), row)
            return True

        return await self._database.run(work)

    async def load_snapshot(self, person: str) -> dict[str, SealedSnapshot]:
        """Return the parts of the snapshot of `person` by name; empty if there is none."""
        query = sa.select(snapshots.c.name, snapshots.c.seq, snapshots.c.sealed).where(
            snapshots.c.person == person
        )
        return await self._database.run(
            lambda c: {row.name: SealedSnapshot(row.seq, row.sealed) for row in c.execute(query)},
            read_only=True,
        )

    async def drop_snapshot(self, person: str) -> None:
        """Delete the snapshot of `person`. This costs time, never data."""
        query = sa.delete(snapshots).where(snapshots.c.person == person)
        await self._database.run(lambda c: c.execute(query))

    async def close(self) -> None:
        """Write what is pending, then stop the writer thread."""
        await self._commits.close()


def _stored_parts(connection: sa.Connection, person: str, names: Iterable[str]) -> dict[str, bytes]:
    query = sa.select(snapshots.c.name, snapshots.c.sealed).where(
        snapshots.c.person == person, snapshots.c.name.in_(names)
    )
    return {row.name: bytes(row.sealed) for row in connection.execute(query)}


def _erased(connection: sa.Connection, person: str) -> int:
    query = sa.select(sa.func.count()).where(entries.c.person == person, entries.c.sealed.is_(None))
    return connection.execute(query).scalar() or 0
