"""The table of runs that wait or run: whose they are, their keys, and who works on them.

A run's key is sealed with the server's key here, so that the run goes on while nobody is signed in.
Its row is deleted when the run is over or paused. A process that works on a run holds a lease: when
it ends without notice, another one takes the run over once the lease is out.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tau.storage.database import Database
from tau.storage.schema import studio_jobs as table
from tau.storage.sealing import SecretBox, UnsealError
from tau.studio.sealed_logs import join_keys, split_keys

LEASE_SECONDS = 60.0
_LOCK = 6284  # any fixed number: of two nodes that choose a run, one waits for the other


class WaitingRun(NamedTuple):
    """A run that waits or runs. Without `keys`, another server key sealed them."""

    run: str
    person: str
    state: str
    keys: tuple[bytes, ...]
    created_at: float
    holder: str | None
    lease_until: float

    def is_free(self, node: str, now: float) -> bool:
        """Return whether a process of `node`, which holds its machine's lock, may take it.

        What another process of the same node holds was left by one that ended: it had that lock.
        """
        return not self.holder or self.holder.startswith(f"{node}/") or self.lease_until <= now


class JobTable:
    """The rows of the table, opened with the server's key."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        self._database = database
        self._box = box

    async def add(self, run: str, person: str, keys: Sequence[bytes]) -> None:
        """Let a run wait. One that waits already stays as it is."""
        row = {
            "run": run,
            "person": person,
            "state": "queued",
            "sealed_key": self._seal(run, keys),
            "created_at": time.time(),
        }
        try:
            await self._database.run(lambda c: c.execute(sa.insert(table).values(row)))
        except IntegrityError:
            return  # it's there, or the run was removed

    async def reseal(self, run: str, keys: Sequence[bytes]) -> None:
        """Write down that a run has other keys now."""
        change = sa.update(table).where(table.c.run == run)
        values = {"sealed_key": self._seal(run, keys)}
        await self._database.run(lambda c: c.execute(change.values(values)))

    async def all(self) -> list[WaitingRun]:
        """Return everybody's runs that wait or run, oldest first."""
        query = sa.select(table).order_by(table.c.created_at, table.c.run)
        rows = await self._database.run(lambda c: c.execute(query).mappings().all(), read_only=True)
        return [self._opened(row) for row in rows]

    async def find(self, run: str) -> WaitingRun | None:
        """Return the row of a run; `None` if it doesn't wait and doesn't run."""
        query = sa.select(table).where(table.c.run == run)
        row = await self._database.run(
            lambda c: c.execute(query).mappings().one_or_none(), read_only=True
        )
        return None if row is None else self._opened(row)

    async def claim(self, run: WaitingRun, holder: str) -> bool:
        """Take a run; return False if somebody else was faster."""
        unchanged = (
            table.c.run == run.run,
            table.c.holder.is_(None) if run.holder is None else table.c.holder == run.holder,
        )
        values = {"state": "running", **_lease(holder)}

        def work(connection: sa.Connection) -> bool:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            statement = sa.update(table).where(*unchanged).values(values)
            return connection.execute(statement).rowcount == 1

        return await self._database.run(work)

    async def renew(self, run: str, holder: str) -> bool:
        """Hold a run for longer; return False if it's gone or somebody else has it."""
        statement = sa.update(table).where(table.c.run == run, table.c.holder == holder)
        values = _lease(holder)
        return await self._database.run(lambda c: c.execute(statement.values(values)).rowcount == 1)

    async def release(self, run: str, holder: str) -> None:
        """Let others take a run: this process ends."""
        statement = sa.update(table).where(table.c.run == run, table.c.holder == holder)
        values = {"holder": None, "lease_until": None}
        await self._database.run(lambda c: c.execute(statement.values(values)))

    async def remove(self, run: str) -> None:
        """Delete the row of a run, and its key in it."""
        await self._database.run(lambda c: c.execute(sa.delete(table).where(table.c.run == run)))

    def _seal(self, run: str, keys: Sequence[bytes]) -> bytes:
        return self._box.seal(join_keys(keys), _place(run), compress=False)

    def _opened(self, row: sa.RowMapping) -> WaitingRun:
        try:
            keys = split_keys(self._box.open(row["sealed_key"], _place(row["run"])))
        except UnsealError:
            keys = ()
        return WaitingRun(
            run=row["run"],
            person=row["person"],
            state=row["state"],
            keys=keys,
            created_at=row["created_at"],
            holder=row["holder"],
            lease_until=row["lease_until"] or 0.0,
        )


def _lease(holder: str) -> dict[str, Any]:
    return {"holder": holder, "lease_until": time.time() + LEASE_SECONDS}


def _place(run: str) -> str:
    return f"studio job|{run}"


def next_in_line(
    rows: Sequence[WaitingRun], served: Mapping[str, float], node: str, now: float
) -> WaitingRun | None:
    """Return the run that is next: one that was cut off, else that of who waited longest.

    `served` is when a run of a person began last here: so who starts many runs doesn't keep others
    waiting.
    """
    free = [each for each in rows if each.keys and each.is_free(node, now)]
    if not free:
        return None

    def rank(row: WaitingRun) -> tuple[bool, float, float, str]:
        return (row.state != "running", served.get(row.person, 0.0), row.created_at, row.run)

    return min(free, key=rank)
