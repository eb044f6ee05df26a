"""Delivery of written records to a journal's listener, in order and in batches."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from tau.journal.entries import Record

BATCH = 250
"""How many records are delivered before other tasks run."""


class DeliveryQueue:
    """Records that were written and that the listener has not seen yet."""

    def __init__(self, deliver: Callable[[Record], None]) -> None:
        self._deliver = deliver
        self._records: deque[Record] = deque()
        self.closed = False
        """Whether no more writes may start."""
        self._writes = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def newest(self) -> int | None:
        """Sequence number of the newest record that waits, if any does."""
        return self._records[-1].seq if self._records else None

    def write_started(self) -> None:
        """Count a write whose records will follow."""
        self._writes += 1
        self._idle.clear()

    def write_ended(self, records: Iterable[Record]) -> None:
        """Deliver the records of a write, which follow those that wait; none if it failed."""
        self._writes -= 1
        self._records.extend(records)
        self._run()

    async def wait(self) -> None:
        """Wait until no write is in progress and every record is delivered."""
        await self._idle.wait()

    def _run(self) -> None:
        for _ in range(min(BATCH, len(self._records))):
            self._deliver(self._records.popleft())
        if self._records:
            asyncio.get_running_loop().call_soon(self._run)
        elif self._writes == 0:
            self._idle.set()
