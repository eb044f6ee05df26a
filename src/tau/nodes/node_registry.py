"""This process as a node: its row in the database, refreshed while it runs.

A node that can't refresh its row is no longer valid when the row expires. It measures that time
with its own monotonic clock, from before the refreshing statement was sent, so it notices no later
than other nodes, which compare the row with the database's clock.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

import anyio
import anyio.to_thread

from tau.errors import TauError
from tau.nodes import node_table
from tau.nodes.node_table import Node
from tau.storage.database import Database

logger = logging.getLogger(__name__)

_REFRESH_SECONDS = 3.0
_RETRY_SECONDS = 1.0


def running_seconds() -> float:
    """Return the time of a clock that nobody sets, and that goes on while the machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class NodeRegistry:
    """The node that this process is. `start` it, and `close` it at the end."""

    def __init__(
        self, database: Database, node: Node, clock: Callable[[], float] = running_seconds
    ) -> None:
        self.node = node
        self.draining = False
        self.lapsed: list[Callable[[], None]] = []
        """Called when this node wasn't valid for a while: others may have claimed its homes."""
        self._database = database
        self._clock = clock
        self._valid_until = float("-inf")
        self._limiter = anyio.CapacityLimiter(1)  # a refresh never waits for other work
        self._refreshing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_valid(self) -> bool:
        """Whether other nodes count on this one."""
        return self._clock() < self._valid_until

    async def start(self) -> None:
        """Register the node. Raises `StoreUnavailable`."""
        await self.refresh()
        self._task = asyncio.create_task(self._refresh_forever(), name="tau-node")

    async def close(self) -> None:
        """Delete the node: what it served may be claimed at once."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None
        if self._timer is not None:
            self._timer.cancel()
        self._valid_until = float("-inf")
        with suppress(TauError):
            await self._database.run(lambda c: node_table.delete_node(c, self.node.id))

    async def refresh(self) -> None:
        """Make the node valid from now on. Raises `StoreUnavailable`."""
        async with self._refreshing:
            sent_at = self._clock()
            was_valid = await anyio.to_thread.run_sync(
                self._database.run_blocking,
                lambda c: node_table.refresh(c, self.node, draining=self.draining),
                limiter=self._limiter,
            )
            if not (was_valid and self.is_valid):
                self._lapse()
            self._valid_until = sent_at + node_table.VALID_SECONDS
            self._watch()

    async def nodes(self) -> list[Node]:
        """Return the valid nodes, this one too."""
        return await self._database.run(node_table.list_nodes, read_only=True)

    async def _refresh_forever(self) -> None:
        pause = _REFRESH_SECONDS
        while True:
            await asyncio.sleep(pause)
            try:
                await self.refresh()
                pause = _REFRESH_SECONDS
            except TauError as error:
                logger.warning("this node could not be refreshed: %s", error)
                pause = _RETRY_SECONDS

    def _watch(self) -> None:
        """Notice when the node is no longer valid, even while a refresh waits for an answer."""
        if self._timer is not None:
            self._timer.cancel()
        left = self._valid_until - self._clock()
        if left <= 0:
            logger.warning("this node is cut off from the database; it serves nobody until then")
            self._lapse()
            return
        self._timer = asyncio.get_running_loop().call_later(left, self._watch)

    def _lapse(self) -> None:
        for listener in self.lapsed:
            listener()
