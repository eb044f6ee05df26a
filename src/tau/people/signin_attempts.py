"""Limit of failed sign-ins over all processes that share a database: N get no more than one gets.

With SQLite one process serves people, and the counts are in memory. With PostgreSQL they are rows,
under keyed digests: what was typed as a name may be a password. The time is the database's.
"""

import hashlib
import hmac
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import sqlalchemy as sa

from tau.errors import JournalError, NotSignedIn
from tau.people.signin_throttle import (
    IN_TOTAL,
    PER_NAME,
    FailureBucket,
    SignInThrottle,
    check_waits,
)
from tau.people.slot_factory import SlotFactory
from tau.storage.database import Database
from tau.storage.schema import signin_failures

logger = logging.getLogger(__name__)

_FORGOTTEN_SECONDS = 24 * 60 * 60.0
_DATABASE_SECONDS = sa.text("SELECT extract(epoch FROM clock_timestamp())")
_ADD = sa.text(
    "INSERT INTO signin_failures (key, level, updated_at, blocked_until)"
    " VALUES (:name, 0, :now, 0), (:total, 0, :now, 0) ON CONFLICT (key) DO NOTHING"
)


class _Buckets(NamedTuple):
    """The rows of a name and of all names, locked until the transaction ends, and the time."""

    name: FailureBucket
    total: FailureBucket
    now: float


class SignInAttempts:
    """Counts failed attempts of one `kind`, and enforces a wait after them."""

    def __init__(self, database: Database, factory: SlotFactory, kind: str) -> None:
        self._database = database
        self._now = None if factory.now is time.time else factory.now
        self._secret = factory.server_key or b""
        self._kind = kind
        self._in_memory = SignInThrottle(factory.now) if database.is_sqlite else None

    @asynccontextmanager
    async def attempt(self, name: str) -> AsyncIterator[None]:
        """Run one attempt at `name`: it failed if it raises `NotSignedIn`.

        It is counted before it starts, and an attempt that is cut off stays counted. Raises
        `TooManyRequests` during a wait.
        """
        if self._in_memory is not None:
            with self._in_memory.attempt(name):
                yield
            return
        keys = (self._key(name), self._key(None))
        await self._database.run(lambda c: self._begin(c, *keys))
        try:
            yield
        except NotSignedIn:
            raise
        except JournalError:
            await self._undo(keys, succeeded=False)
            raise
        await self._undo(keys, succeeded=True)

    async def _undo(self, keys: tuple[str, str], *, succeeded: bool) -> None:
        try:
            await self._database.run(lambda c: self._end(c, *keys, succeeded=succeeded))
        except JournalError as error:  # then the attempt stays counted
            logger.warning("an attempt to sign in could not be discounted: %s", error)

    def _begin(self, connection: sa.Connection, name: str, total: str) -> None:
        buckets = self._locked(connection, name, total)
        check_waits(buckets.now, buckets.name, buckets.total)
        for key, bucket in ((name, buckets.name), (total, buckets.total)):
            bucket.fill(buckets.now)
            _write(connection, key, bucket)

    def _end(self, connection: sa.Connection, name: str, total: str, *, succeeded: bool) -> None:
        buckets = self._locked(connection, name, total)
        for key, bucket in ((name, buckets.name), (total, buckets.total)):
            bucket.undo_fill(buckets.now)
            _write(connection, key, bucket)
        if succeeded:
            connection.execute(sa.delete(signin_failures).where(signin_failures.c.key == name))

    def _locked(self, connection: sa.Connection, name: str, total: str) -> _Buckets:
        now = self._now() if self._now else _database_seconds(connection)
        connection.execute(_ADD, {"name": name, "total": total, "now": now})
        query = sa.select(signin_failures).where(signin_failures.c.key.in_((name, total)))
        rows = connection.execute(query.order_by(signin_failures.c.key).with_for_update())
        found = {row.key: (row.level, row.updated_at, row.blocked_until) for row in rows}
        return _Buckets(
            FailureBucket(PER_NAME, *found[name]), FailureBucket(IN_TOTAL, *found[total]), now
        )

    def _key(self, name: str | None) -> str:
        text = f"{self._kind}|" if name is None else f"{self._kind}|{name}"
        counted = text.encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, counted, hashlib.sha256).hexdigest()


def forget_old_failures(connection: sa.Connection, now: float) -> None:
    """Delete the counts that have long run out."""
    old = signin_failures.c.updated_at < now - _FORGOTTEN_SECONDS
    connection.execute(sa.delete(signin_failures).where(old))


def _database_seconds(connection: sa.Connection) -> float:
    """Return the database's time: the machines' clocks may differ."""
    return float(connection.execute(_DATABASE_SECONDS).scalar_one())


def _write(connection: sa.Connection, key: str, bucket: FailureBucket) -> None:
    connection.execute(
        sa.update(signin_failures)
        .where(signin_failures.c.key == key)
        .values(
            level=bucket.level,
            updated_at=bucket.updated_at,
            blocked_until=bucket.blocked_until,
        )
    )
