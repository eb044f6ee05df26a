"""Logs of the studio, of one kind: created, opened and removed.

A log is a journal like a person's. It belongs to one person; its key is random and sealed with that
person's data key, so it opens only where they are signed in. Knows nothing of what is in a log.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Generic, Literal, NamedTuple, TypeVar
from weakref import WeakValueDictionary

import sqlalchemy as sa

from tau.errors import NotFound, StoreUnavailable
from tau.ids import new_id
from tau.journal.store import Store
from tau.people import Unlocked
from tau.people.registry import remove_project
from tau.storage.database import LONG_SECONDS, Database
from tau.storage.schema import entries, studio_projects
from tau.storage.sealing import KEY_BYTES, SecretBox, UnsealError, new_key
from tau.studio.sealed_log import SealedLog

logger = logging.getLogger(__name__)

LogKind = Literal["project", "evals", "eval_run", "run"]
_MAX_OPEN = 16


L = TypeVar("L", bound=SealedLog)
LogOpener = Callable[[Store, str, tuple[bytes, ...]], Awaitable[L]]
"""Opens the log with this id and these keys."""


class _Row(NamedTuple):
    id: str
    wrapped: bytes


class SealedLogs(Generic[L]):
    """The logs of one kind in a database, everybody's."""

    def __init__(
        self,
        database: Database,
        store: Store,
        kind: LogKind,
        opener: LogOpener[L],
        *,
        idle_seconds: float,
        missing: str,
        most_open: int = _MAX_OPEN,
    ) -> None:
        self._database = database
        self._store = store
        self._kind = kind
        self._opener = opener
        self._idle_seconds = idle_seconds
        self._missing = missing
        self._most_open = most_open
        self._open: dict[str, L] = {}
        self._opening: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        # only while somebody opens it: nobody's unknown ids stay in memory

    async def create(self, unlocked: Unlocked) -> tuple[str, L]:
        """Create an empty log; return its id and the log."""
        log_id = new_id()
        row = {
            "id": log_id,
            "person": unlocked.person.id,
            "kind": self._kind,
            "wrapped": _wrap(unlocked, log_id, (new_key(),)),
            "created_at": time.time(),
        }
        await self._database.run(lambda c: c.execute(sa.insert(studio_projects).values(row)))
        return log_id, await self.open(unlocked, log_id)

    async def ids(self, unlocked: Unlocked) -> list[str]:
        """Return the ids of a person's logs, oldest first."""
        return [row.id for row in await self._rows(unlocked)]

    async def written_ids(self) -> set[str]:
        """Return the ids of everybody's logs of this kind that have an entry."""
        table = studio_projects
        query = sa.select(table.c.id).where(table.c.kind == self._kind, _has_entries())
        return await self._database.run(lambda c: set(c.execute(query).scalars()), read_only=True)

    async def delete_empty(self, log_ids: Iterable[str]) -> None:
        """Delete those of these logs that have no entry."""
        table = studio_projects
        where = (table.c.id.in_(sorted(log_ids)), table.c.kind == self._kind, ~_has_entries())
        query = sa.delete(table).where(*where)
        await self._database.run(lambda connection: connection.execute(query))

    async def open(self, unlocked: Unlocked, log_id: str) -> L:
        """Return a log of this person, up to date. Raises `NotFound` for anybody else's."""
        return await self._opened(log_id, lambda: self._keys(unlocked, log_id))

    async def open_with(self, log_id: str, keys: tuple[bytes, ...]) -> L:
        """Return a log whose keys are known, the newest first, up to date."""

        async def known() -> tuple[bytes, ...]:
            return keys

        return await self._opened(log_id, known)

    async def _opened(
        self, log_id: str, find_keys: Callable[[], Awaitable[tuple[bytes, ...]]]
    ) -> L:
        self._close_idle()
        async with self._opening.setdefault(log_id, asyncio.Lock()):
            keys = await find_keys()
            log = self._open.pop(log_id, None)
            if log is None or log.keys != keys:
                log = await self._opener(self._store, log_id, keys)
            else:
                await log.refresh()
            self._open[log_id] = log  # the one that was used last comes last
        log.used_at = time.monotonic()
        return log

    async def remove(self, unlocked: Unlocked, *log_ids: str) -> None:
        """Erase logs for good, those that are there and this person's."""
        await self.delete(unlocked, log_ids)
        try:
            await self._database.scrub()
        except StoreUnavailable as error:
            logger.warning("%s", error)

    async def delete(self, unlocked: Unlocked, log_ids: Iterable[str]) -> None:
        """Delete the rows of logs; the next erasure overwrites what was there."""
        own = set(await self.ids(unlocked)) & set(log_ids)
        for log_id in own:
            if (log := self._open.pop(log_id, None)) is not None:
                await log.close()

        def delete_rows(connection: sa.Connection) -> None:
            for log_id in sorted(own):
                remove_project(connection, log_id)

        await self._database.run(delete_rows, seconds=LONG_SECONDS)

    def drop(self) -> None:
        """Keep no log in memory any longer."""
        self._open.clear()

    async def _keys(self, unlocked: Unlocked, log_id: str) -> tuple[bytes, ...]:
        """Return the keys of a log, the newest first. Raises `NotFound`.

        If the person's data key was changed, the log gets a new key for what comes: who has an
        older copy knows the former ones.
        """
        row = next(iter(await self._rows(unlocked, log_id)), None)
        if row is None:
            raise NotFound(self._missing)
        try:
            return _unwrap(SecretBox(unlocked.data_key), row)
        except UnsealError:
            pass
        try:
            known = _unwrap(SecretBox(unlocked.data_key, unlocked.earlier_keys), row)
        except UnsealError as error:
            raise NotFound(self._missing) from error
        table, keys = studio_projects, (new_key(), *known)
        renewal = (
            sa.update(table)
            .where(table.c.id == row.id, table.c.wrapped == row.wrapped)
            .values(wrapped=_wrap(unlocked, row.id, keys))
        )
        if await self._database.run(lambda connection: connection.execute(renewal).rowcount):
            return keys
        return await self._keys(unlocked, log_id)  # another process was faster

    async def _rows(self, unlocked: Unlocked, log_id: str | None = None) -> list[_Row]:
        """Return a person's logs, oldest first; with `log_id`, only that one if it's theirs."""
        table = studio_projects
        query = (
            sa.select(table.c.id, table.c.wrapped)
            .where(table.c.person == unlocked.person.id, table.c.kind == self._kind)
            .order_by(table.c.created_at, table.c.id)
        )
        if log_id is not None:
            query = query.where(table.c.id == log_id)
        return await self._database.run(
            lambda c: [_Row(*row) for row in c.execute(query)], read_only=True
        )

    def _close_idle(self) -> None:
        """Drop the logs that nobody has used for a while, and the oldest of many."""
        long_ago = time.monotonic() - self._idle_seconds
        idle = [name for name, log in self._open.items() if log.used_at < long_ago]
        for log_id in [*idle, *list(self._open)[: -self._most_open]]:
            self._open.pop(log_id, None)


def _has_entries() -> sa.Exists:
    return sa.exists().where(entries.c.person == studio_projects.c.id)


def _key_place(log_id: str) -> str:
    return f"studio project|{log_id}"


def _wrap(unlocked: Unlocked, log_id: str, keys: Sequence[bytes]) -> bytes:
    return SecretBox(unlocked.data_key).seal(join_keys(keys), _key_place(log_id))


def _unwrap(box: SecretBox, row: _Row) -> tuple[bytes, ...]:
    """Return the keys of a log, the newest first. Raises `UnsealError`."""
    return split_keys(box.open(row.wrapped, _key_place(row.id)))


def join_keys(keys: Sequence[bytes]) -> bytes:
    """Return keys as they're sealed together."""
    return b"".join(keys)


def split_keys(raw: bytes) -> tuple[bytes, ...]:
    """Return the keys that were joined."""
    return tuple(raw[start : start + KEY_BYTES] for start in range(0, len(raw), KEY_BYTES))
