"""Group commit: one writer thread commits the appends of all callers that wait at the moment.

So a hundred people who send a message at the same time cost one `fsync`, as in databases. How a
database commits is for `sql_commits` and `postgres_commits`; this module knows the callers.
"""

import asyncio
import enum
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import msgspec

from tau.errors import NotFound, SequenceConflict, StoreUnavailable, TauError

_MOST_WRITES_IN_A_COMMIT = 256


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

    def rows(self, at: float) -> list[tuple[int, bytes | None, float]]:
        """Return the number, content and time of each entry, written at `at` unless earlier."""
        times = self.written or (None,) * len(self.sealed)
        return [
            (number, sealed, at if written is None else written)
            for number, (sealed, written) in enumerate(
                zip(self.sealed, times, strict=True), start=self.expected + 1
            )
        ]


class Outcome(enum.Enum):
    """What became of a write."""

    WRITTEN = enum.auto()
    CONFLICT = enum.auto()
    NOT_FOUND = enum.auto()
    AGAIN = enum.auto()
    """Nothing yet: its journal didn't end where the first of its writes expected, but this fits."""


class Overtaken(Exception):
    """Another process wrote to one of the journals first, so that nothing was written."""


class Commits(Protocol):
    """Commits appends to one kind of database."""

    def commit(self, writes: Sequence[Write], at: float) -> list[Outcome]:
        """Commit `writes` in order, in one transaction; return what became of each.

        Raises `Overtaken`, `StoreFull` and `StoreUnavailable`: none was written, unless the
        connection was lost before the answer.
        """


class _PendingWrite(NamedTuple):
    write: Write
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[float]


class GroupCommit:
    """Queue of appends and the thread that commits them."""

    def __init__(self, commits: Commits) -> None:
        self._commits = commits
        self._pending: queue.SimpleQueue[_PendingWrite | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False

    def append(self, write: Write) -> asyncio.Future[float]:
        """Queue `write`; the future's result is the time of its commit. See `Store.append`."""
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

    async def close(self) -> None:
        """Write what is pending, then stop the thread."""
        self._closed = True
        if self._thread is not None:
            self._pending.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _write_forever(self) -> None:
        while True:
            batch, more = self._next_batch()
            if batch:
                _resolve_futures(batch, self._outcomes([item.write for item in batch]))
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

    def _outcomes(self, writes: Sequence[Write]) -> list[float | Exception]:
        """Return the commit time of each write, or the error that prevented it."""
        at = time.time()
        try:
            outcomes = self._commits.commit(writes, at)
        except Overtaken:
            # To find which write it overtook, try each alone.
            if len(writes) == 1:
                return [_conflict()]
            return [outcome for write in writes for outcome in self._outcomes([write])]
        except Exception as error:  # noqa: BLE001 - the writer's boundary: each caller gets it
            return [error] * len(writes)
        both = zip(writes, outcomes, strict=True)
        later = [write for write, outcome in both if outcome is Outcome.AGAIN]
        again = iter(self._outcomes(later) if later else ())
        return [
            next(again) if outcome is Outcome.AGAIN else _result(outcome, at)
            for outcome in outcomes
        ]


def _result(outcome: Outcome, at: float) -> float | TauError:
    if outcome is Outcome.CONFLICT:
        return _conflict()
    if outcome is Outcome.NOT_FOUND:
        return NotFound("There is no such person.")
    return at


def _conflict() -> SequenceConflict:
    return SequenceConflict("Something else was written here just now; try again.")


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
