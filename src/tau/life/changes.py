"""Feed of changes for a person's other devices: what kind of thing changed, without its content."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Literal

import msgspec

_MAX_QUEUED = 1_000  # changes a device may lag behind before it gets a `resync` instead


ChangedKind = Literal[
    "message",
    "conversation",
    "facts",
    "imports",
    "experts",
    "artifacts",
    "forgot",
    "turn_began",
    "turn_ended",
    "resync",
]


class ChangeEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A change that a device may want to reload. `resync`: changes were missed, reload everything.

    `forgot` may concern anything: messages, titles, facts and what was recalled.
    """

    what: ChangedKind
    conversation: str | None = None
    turn: str | None = None
    artifact: str | None = None
    seq: int = 0


_Queue = asyncio.Queue[ChangeEvent | None]


class ChangeFeed:
    """Broadcast of changes to the devices that are listening."""

    def __init__(self) -> None:
        self._listeners: dict[_Queue, Callable[[ChangeEvent], bool]] = {}

    def __len__(self) -> int:
        """Return how many devices are listening."""
        return len(self._listeners)

    def publish(self, change: ChangeEvent) -> None:
        """Send a change to every listener; one that lags far behind gets a `resync` instead."""
        for queue, concerns in self._listeners.items():
            if not concerns(change):
                continue
            if queue.qsize() >= _MAX_QUEUED:
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(ChangeEvent(what="resync"))
            queue.put_nowait(change)

    async def listen(
        self, concerns: Callable[[ChangeEvent], bool] = lambda _: True
    ) -> AsyncIterator[ChangeEvent]:
        """Yield changes from now on, until `close`: those that `concerns` accepts as they come."""
        queue: _Queue = asyncio.Queue()
        self._listeners[queue] = concerns
        try:
            while (change := await queue.get()) is not None:
                yield change
        finally:
            del self._listeners[queue]

    def close(self) -> None:
        """End every listener."""
        for queue in self._listeners:
            queue.put_nowait(None)
