"""Store of everybody's sealed entries and snapshots: ciphertext in, ciphertext out.

One writer thread writes all pending appends in one transaction (group commit, as databases do), so
that a hundred people who send a message at the same time cost one `fsync`. This module knows
nothing of keys or of what an entry says.
"""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence, Set
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from tau.errors import NotFound, SequenceConflict, StoreUnavailable, TauError
from tau.storage import scrubbing
from tau.storage.database import Database
from tau.storage.schema import entries, people, snapshots, studio_projects

logger = logging.getLogger(__name__)

_MOST_WRITES_IN_A_COMMIT = 256
_MOST_HEADS_REMEMBERED = 100_000
_MOST_VALUES_IN_A_STATEMENT = 5_000  # SQLite allows 32,766


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """One caller's append: `sealed` after `expected`, while the entries `erase` are erased.

    `None` among `sealed` keeps the place of an entry that was erased in another journal. `written`
    is when each entry was first written, if that was not now.
    """

    person: str
    expected: int
    sealed: Sequence[bytes | None]
    erase: Sequence[int] = ()
    written: Sequence[float | None] = ()


class SealedEntry(NamedTuple):
    """A row of the log; `sealed` is `None` if the entry was erased."""

    seq: int
    sealed: bytes | None
    at: float


class SealedSnapshot(NamedTuple):
    """A sealed part of a projection of the entries up to `seq`."""

    seq: int
    sealed: bytes


# Built once: SQLAlchemy takes longer to build and to hash a statement than SQLite to run it.
_INSERT = sa.insert(entries)
_PEOPLE_PRESENT, _PROJECTS_PRESENT = (
    sa.select(column)
    .where(column.in_(sa.bindparam("ids", expanding=True)))
    .with_for_update(read=True, key_share=True)
    for column in (people.c.id, studio_projects.c.id)
)

_Refusal = Callable[[], TauError]
"""Makes the error of a write that was refused."""


class _PendingWrite(NamedTuple):
    write: Write
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[float]


class Store:
    """Appends, reads and erases sealed entries and snapshots. Create one per database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: queue.SimpleQueue[_PendingWrite | None] = queue.SimpleQueue()
        self._heads: dict[str, int] = {}
        self._thread: threading.Thread | None = None
        self._closed = False

    def append(self, write: Write) -> asyncio.Future[float]:
        """Queue `write`; the future's result is the time of its commit, once it is on the disk.

        Writes are done in the order of the calls. The future fails with `SequenceConflict` if the
        log of that person does not end at `write.expected`, or with `NotFound` if there is no such
        person, or with `StoreFull` or `StoreUnavailable`. Cancelling the future does not undo the
        write: shield it.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[float] = loop.create_future()
        if self._closed:
            future.set_exception(StoreUnavailable("The store is closed."))
            return future
        if self._thread is None:
            self._thread = threading.Thread(target=self._write_forever, name="tau-store")
            self._thread.daemon = True
            self._thread.start()
        self._pending.put(_PendingWrite(write, loop, future))
        return future

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
        return await self._database.run(lambda c: _head(c, person), read_only=True)

    async def erased(self, person: str) -> int:
        """Return the number of erased entries of `person`."""
        return await self._database.run(lambda c: _erased(c, person), read_only=True)

    async def save_snapshot(
        self, person: str, parts: Mapping[str, SealedSnapshot], keep: set[str], erased: int
    ) -> bool:
        """Replace the snapshot of `person` with `parts` and the stored rows named in `keep`.

        Returns False, and saves nothing, if the number of erased entries is not `erased` any more:
        a snapshot made earlier must not contain what was just forgotten. Nor if the person is gone.
        """

        def work(connection: sa.Connection) -> bool:
            if not _lock_present(connection, {person}) or _erased(connection, person) != erased:
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
        self._closed = True
        if self._thread is not None:
            self._pending.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _write_forever(self) -> None:
        while True:
            batch, more = self._next_batch()
            if batch:
                outcomes = self._commit(batch)
                self._scrub(batch)
                _resolve_futures(batch, outcomes)
            if not more:
                return

    def _next_batch(self) -> tuple[list[_PendingWrite], bool]:
        """Wait for at least one write; return those pending, and whether to continue after them."""
        batch: list[_PendingWrite] = []
        item = self._pending.get()
        while item is not None:
            batch.append(item)
            if len(batch) == _MOST_WRITES_IN_A_COMMIT or self._pending.empty():
                return batch, True
            item = self._pending.get()
        return batch, False

    def _commit(self, batch: Sequence[_PendingWrite]) -> list[float | Exception]:
        """Return the commit time of each write of `batch`, or the error that prevented it."""
        at = time.time()
        try:
            refusals, heads = self._database.run_blocking(lambda c: self._insert(c, batch, at))
        except sa.exc.IntegrityError:
            # Another node wrote first. To find which write it overtook, try each alone.
            self._heads.clear()
            if len(batch) == 1:
                return [_conflict()]
            return [outcome for item in batch for outcome in self._commit([item])]
        except Exception as error:  # noqa: BLE001 - the writer's boundary: each caller gets it
            self._heads.clear()
            return [error] * len(batch)
        self._heads.update(heads)
        return [at if refusal is None else refusal() for refusal in refusals]

    def _insert(
        self, connection: sa.Connection, batch: Sequence[_PendingWrite], at: float
    ) -> tuple[list[_Refusal | None], dict[str, int]]:
        if len(self._heads) > _MOST_HEADS_REMEMBERED:
            self._heads.clear()
        present = _lock_present(connection, {item.write.person for item in batch})
        heads: dict[str, int] = {}
        rows: list[dict[str, object]] = []
        refusals = [
            _append_rows(connection, item.write, heads, self._heads, rows, at)
            if item.write.person in present
            else _not_found
            for item in batch
        ]
        if rows:
            connection.execute(_INSERT, rows)
        for item, refusal in zip(batch, refusals, strict=True):
            if refusal is None and item.write.erase:
                _erase(connection, item.write)
        return refusals, heads

    def _scrub(self, batch: Sequence[_PendingWrite]) -> None:
        """Overwrite what was erased in SQLite's files."""
        if not any(item.write.erase for item in batch):
            return
        try:
            self._database.scrub_blocking()
        except TauError as error:
            logger.warning("%s", error)  # the flag in the file makes the next start do it


def _append_rows(
    connection: sa.Connection,
    write: Write,
    heads: dict[str, int],
    known: Mapping[str, int],
    rows: list[dict[str, object]],
    at: float,
) -> _Refusal | None:
    """Collect the rows of `write`, or return its refusal if its log ends elsewhere."""
    head = heads.get(write.person)
    if head is None:
        head = known.get(write.person)
        if head != write.expected:
            head = _head(connection, write.person)
    if head != write.expected:
        heads[write.person] = head
        return _conflict
    times = write.written or (None,) * len(write.sealed)
    rows += [
        {
            "person": write.person,
            "seq": head + number,
            "sealed": sealed,
            "at": at if written is None else written,
        }
        for number, (sealed, written) in enumerate(zip(write.sealed, times, strict=True), start=1)
    ]
    heads[write.person] = head + len(write.sealed)
    return None


def _lock_present(connection: sa.Connection, ids: Set[str]) -> set[str]:
    """Return which of these people and projects there are; none is removed before the commit.

    SQLite needs no lock, since its transaction is the only one that writes.
    """
    present = set(connection.execute(_PEOPLE_PRESENT, {"ids": sorted(ids)}).scalars())
    if missing := ids - present:
        present.update(connection.execute(_PROJECTS_PRESENT, {"ids": sorted(missing)}).scalars())
    return present


def _erase(connection: sa.Connection, write: Write) -> None:
    for start in range(0, len(write.erase), _MOST_VALUES_IN_A_STATEMENT):
        some = write.erase[start : start + _MOST_VALUES_IN_A_STATEMENT]
        connection.execute(
            sa.update(entries)
            .where(entries.c.person == write.person, entries.c.seq.in_(some))
            .values(sealed=None)
        )
    connection.execute(sa.delete(snapshots).where(snapshots.c.person == write.person))
    scrubbing.mark_unclean(connection)


def _head(connection: sa.Connection, person: str) -> int:
    query = sa.select(sa.func.max(entries.c.seq)).where(entries.c.person == person)
    return connection.execute(query).scalar() or 0


def _erased(connection: sa.Connection, person: str) -> int:
    query = sa.select(sa.func.count()).where(entries.c.person == person, entries.c.sealed.is_(None))
    return connection.execute(query).scalar() or 0


def _conflict() -> SequenceConflict:
    return SequenceConflict("Something else was written here just now; try again.")


def _not_found() -> NotFound:
    return NotFound("There is no such person.")


def _resolve_futures(batch: Sequence[_PendingWrite], outcomes: Sequence[float | Exception]) -> None:
    """Resolve the futures of `batch`, in order, each in its own event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Callable[[], None]]] = {}
    for item, outcome in zip(batch, outcomes, strict=True):
        by_loop.setdefault(item.loop, []).append(_resolver(item.future, outcome))
    for loop, resolvers in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_call_all, resolvers)


def _resolver(future: asyncio.Future[float], outcome: float | Exception) -> Callable[[], None]:
    def resolve() -> None:
        if future.done():
            return
        if isinstance(outcome, TauError):
            future.set_exception(type(outcome)(*outcome.args))  # each caller gets its own
        elif isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    return resolve


def _call_all(calls: Sequence[Callable[[], None]]) -> None:
    for call in calls:
        call()
