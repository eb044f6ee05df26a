"""Homes: which node serves a person.

A person's home alone holds their life, their turns and their streams; every other node forwards
their requests to it. This module knows nothing of lives or of HTTP.
"""

import asyncio
import logging
from collections.abc import Callable

import sqlalchemy as sa

from tau.errors import TauError
from tau.nodes import node_table
from tau.nodes.home_claims import HomeClaims
from tau.nodes.node_registry import NodeRegistry, running_seconds
from tau.nodes.node_table import Node
from tau.storage.database import Database
from tau.storage.notifications import Notification

logger = logging.getLogger(__name__)

_REMEMBERED_SECONDS = 5.0
_MOST_REMEMBERED = 100_000
_LOCKS = 256

SnapshotFence = Callable[[sa.Connection], bool]
"""Returns whether a snapshot may be written in the transaction of a connection."""


class _Remembered:
    """The homes at other nodes, for seconds, so that not every request asks the database."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._nodes: dict[str, tuple[Node, float]] = {}

    def get(self, person: str) -> Node | None:
        node, until = self._nodes.get(person, (None, 0.0))
        return node if self._clock() < until else None

    def put(self, person: str, node: Node) -> None:
        if len(self._nodes) >= _MOST_REMEMBERED:
            self._nodes.clear()
        self._nodes[person] = (node, self._clock() + _REMEMBERED_SECONDS)

    def drop(self, person: str) -> None:
        self._nodes.pop(person, None)

    def clear(self) -> None:
        self._nodes.clear()


class Homes:
    """The homes of the people of a Tau with several nodes, as this node sees them."""

    def __init__(
        self,
        database: Database,
        registry: NodeRegistry,
        clock: Callable[[], float] = running_seconds,
    ) -> None:
        self._registry = registry
        self._claims = HomeClaims(database, registry)
        self._held: dict[str, int] = {}  # the epoch of each home here
        self._elsewhere = _Remembered(clock)
        self._locks = [asyncio.Lock() for _ in range(_LOCKS)]
        self._listeners: list[Callable[[str], None]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        registry.lapsed.append(self._lose_all)
        database.notifications.subscribe("home", self._notified)
        database.notifications.subscribe("removed", self._notified)

    @property
    def node(self) -> Node:
        """This node."""
        return self._registry.node

    @property
    def draining(self) -> bool:
        """Whether this node is about to end: it takes nobody who has another."""
        return self._registry.draining

    def held(self) -> list[str]:
        """Return the people whose home is here."""
        return list(self._held) if self._registry.is_valid else []

    async def nodes(self) -> list[Node]:
        """Return the nodes that are running."""
        return await self._registry.nodes()

    def on_lost(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with a person whose home isn't here any more, though nobody released it.

        It's called on the event loop, before anything else is served here.
        """
        self._listeners.append(listener)

    def holds(self, person: str) -> bool:
        """Return whether this node is the home of a person."""
        return person in self._held and self._registry.is_valid

    async def home_of(self, person: str, *, ask: bool = False) -> Node:
        """Return the home of a person; this node, if nobody else is.

        While this node drains, another that runs is chosen. With `ask`, the database is asked even
        if the answer was known a moment ago. Raises `NotFound` and `StoreUnavailable`.
        """
        if self.holds(person):
            return self.node
        if not ask and (remembered := self._elsewhere.get(person)):
            return remembered
        async with self._lock_of(person):
            return self.node if self.holds(person) else await self._settle(person)

    async def take(self, person: str, former: Node) -> Node:
        """Make this node the home in place of one that can't be reached; return the home.

        Raises `NotFound` and `StoreUnavailable`.
        """
        async with self._lock_of(person):
            if self.holds(person):
                return self.node
            epoch = await self._claims.take(person, former.id)
            if epoch is None:
                return await self._settle(person)
            logger.warning("a person's home was taken from a node that can't be reached")
            self._hold(person, epoch)
            return self.node

    async def release(self, person: str) -> None:
        """Stop being the home of a person. Their life must have ended here."""
        if self._held.pop(person, None) is None:
            return
        async with self._lock_of(person):
            if person not in self._held:  # claimed again meanwhile
                await self._claims.release(person)

    async def start_draining(self) -> None:
        """Take nobody from now on who has another node. Raises `StoreUnavailable`."""
        self._registry.draining = True
        await self._registry.refresh()

    def fence(self, person: str) -> SnapshotFence:
        """Return the check that a snapshot of a life opened now is written only by its home."""
        node, epoch = self.node.id, self._held.get(person)
        if epoch is None:
            return lambda _: False
        return lambda connection: node_table.is_home(connection, person, node, epoch)

    async def close(self) -> None:
        """End the work that notifications began."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _settle(self, person: str) -> Node:
        """Ask the database who the home is, and claim it if nobody is."""
        if not self._registry.is_valid:
            self._lose_all()
        home = await self._claims.claim_or_find(person)
        if home.node.id == self.node.id:
            self._hold(person, home.epoch)
            return self.node
        self._lose(person)
        self._elsewhere.put(person, home.node)
        return home.node

    def _hold(self, person: str, epoch: int) -> None:
        self._held[person] = epoch
        self._elsewhere.drop(person)

    def _notified(self, notification: Notification) -> None:
        person = notification.person
        if notification.what == "resync":
            self._claims.changed()
            self._elsewhere.clear()
            task = asyncio.create_task(self._compare())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        self._claims.changed(person)
        self._elsewhere.drop(person)
        if notification.what == "removed":
            self._held.pop(person, None)
        elif notification.number > self._held.get(person, notification.number):
            self._lose(person)

    async def _compare(self) -> None:
        """Find the homes that others took while no notification arrived."""
        before = dict(self._held)
        try:
            stored = await self._claims.stored()
        except TauError as error:  # then this node isn't valid for long either
            logger.warning("the homes here were not compared: %s", error)
            return
        for person, epoch in before.items():
            if stored.get(person) != epoch and self._held.get(person) == epoch:
                self._lose(person)

    def _lose_all(self) -> None:
        self._claims.changed()
        self._elsewhere.clear()
        for person in list(self._held):
            self._lose(person)

    def _lock_of(self, person: str) -> asyncio.Lock:
        """Return the lock of whoever changes where a person's home is."""
        return self._locks[hash(person) % _LOCKS]

    def _lose(self, person: str) -> None:
        if self._held.pop(person, None) is None:
            return
        for listener in self._listeners:
            listener(person)


def fence_beside_nodes(person: str) -> SnapshotFence:
    """Return the check that a process that is no node saves only for people without a home."""
    return lambda connection: node_table.has_no_home(connection, person)
