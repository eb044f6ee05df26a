"""One connection to PostgreSQL through asyncpg, in an event loop and a thread of its own.

What is asked most often goes through it: one statement costs a twentieth of the CPU time that it
costs through SQLAlchemy. Its loop is nobody else's, so that callers in any thread or loop may wait.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa
import uvloop

from tau.storage.availability import Availability
from tau.storage.database_errors import translate_errors
from tau.storage.postgres_connection import connect
from tau.storage.postgres_engine import CONNECT_SECONDS

if TYPE_CHECKING:
    import asyncpg

T = TypeVar("T")

STATEMENT_SECONDS = 10.0
SERVER_SECONDS = 9.0
"""When the server ends a statement, so that it isn't done after its caller has given up."""
_MOST_STATEMENTS = 20


class DirectConnection:
    """A connection to the database at `address`, opened when it is first used.

    One that was lost is replaced before the next work. Work waits for its turn.
    """

    def __init__(self, address: sa.URL, availability: Availability) -> None:
        self._address = address
        self._availability = availability
        self._connection: asyncpg.Connection | None = None
        self._is_pooled: bool | None = None
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turn = asyncio.Lock()

    def run_blocking(
        self,
        work: Callable[["asyncpg.Connection"], Awaitable[T]],
        seconds: float = STATEMENT_SECONDS,
    ) -> T:
        """Do `work` within `seconds`, wait for it in the calling thread, and return its result.

        Raises `StoreFull` and `StoreUnavailable`. After the latter the work may have been done, if
        the connection was lost before the answer.
        """
        with translate_errors(), self._availability.watch() as wait:
            task = asyncio.run_coroutine_threadsafe(self._run(work, seconds), self._started())
            wait.attach(task.cancel)
            return task.result()

    def close_blocking(self) -> None:
        """Close the connection and end the thread. Work afterwards opens another one."""
        with self._starting:
            loop, self._loop = self._loop, None
        if loop is not None:
            asyncio.run_coroutine_threadsafe(self._disconnect(), loop).result()
            loop.call_soon_threadsafe(loop.stop)

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = uvloop.new_event_loop()
                thread = threading.Thread(
                    target=_run_forever, args=(self._loop,), name="tau-postgresql", daemon=True
                )
                thread.start()
            return self._loop

    async def _run(self, work: Callable[["asyncpg.Connection"], Awaitable[T]], seconds: float) -> T:
        async with self._turn:
            connection = await self._connected()
            try:
                async with asyncio.timeout(seconds):
                    if not self._is_pooled:
                        return await work(connection)
                    async with connection.transaction():  # all of it reaches the same server
                        await connection.execute(_limit("SET LOCAL"))
                        return await work(connection)
            except (OSError, TimeoutError, asyncio.CancelledError):
                self._drop()  # what it answers later must not be taken for another answer
                raise

    async def _connected(self) -> "asyncpg.Connection":
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        return self._connection

    async def _connect(self) -> "asyncpg.Connection":
        if self._is_pooled is None:
            first = await self._open(0)
            self._is_pooled = await _is_pooled(first)
            if self._is_pooled:
                return first
            await first.close(timeout=CONNECT_SECONDS)
        if self._is_pooled:
            return await self._open(0)
        connection = await self._open(_MOST_STATEMENTS)
        await connection.execute(_limit("SET"), timeout=CONNECT_SECONDS)
        return connection

    async def _open(self, statements: int) -> "asyncpg.Connection":
        """Open a connection that prepares up to `statements` statements."""
        return await connect(
            self._address, timeout_seconds=CONNECT_SECONDS, statement_cache_size=statements
        )

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close(timeout=CONNECT_SECONDS)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()


def _limit(command: str) -> str:
    return f"{command} statement_timeout = {int(SERVER_SECONDS * 1000)}"


async def _is_pooled(connection: "asyncpg.Connection") -> bool:
    """Return whether a pooler such as PgBouncer is in between, which prepares no statements.

    It may give each transaction to another process of the server than the last one.
    """
    async with connection.transaction():
        name = await connection.fetchval("SELECT pg_backend_pid()")
    return bool(name != connection.get_server_pid())


def _run_forever(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.close()
