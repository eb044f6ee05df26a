"""Telling a person's other devices that something changed, without telling what."""

import asyncio
from collections.abc import AsyncIterator
from typing import Literal

import msgspec

_MAX_QUEUED = 1_000  # changes a device may lag behind before it is told to look afresh


class ChangeEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something a device may want to look at again. `resync`: changes were missed, look afresh.

    `forgot` may concern anything: messages, titles, facts and what was recalled.
    """

    what: Literal[
        "message",
        "conversation",
        "facts",
        "imports",
        "forgot",
        "turn_began",
        "turn_ended",
        "resync",
    ]
    conversation: str | None = None
    turn: str | None = None
    seq: int = 0


class ChangeFeed:
    """A broadcast of changes to whoever listens at the moment."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[ChangeEvent | None]] = set()

    def __len__(self) -> int:
        """Return how many devices listen."""
        return len(self._listeners)

    def publish(self, change: ChangeEvent) -> None:
        """Tell every listener; one that lags far behind is told to look afresh instead."""
        for queue in self._listeners:
            if queue.qsize() >= _MAX_QUEUED:
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(ChangeEvent(what="resync"))
            queue.put_nowait(change)

    async def listen(self) -> AsyncIterator[ChangeEvent]:
        """Yield changes from now on, until `close`."""
        queue: asyncio.Queue[ChangeEvent | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            while (change := await queue.get()) is not None:
                yield change
        finally:
            self._listeners.discard(queue)

    def close(self) -> None:
        """End every listener."""
        for queue in self._listeners:
            queue.put_nowait(None)
