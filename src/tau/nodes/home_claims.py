"""Claims of homes in the database: the answer is one that nothing contradicted meanwhile."""

import logging
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from tau.errors import NotFound, StoreUnavailable, TauError
from tau.nodes import node_table
from tau.nodes.node_registry import NodeRegistry
from tau.nodes.node_table import Home
from tau.storage.database import Database
from tau.storage.notifications import Notification

T = TypeVar("T")
logger = logging.getLogger(__name__)

_ATTEMPTS = 5
_UNSETTLED = "Tau is just changing which of its servers answers you; please try again."


class HomeClaims:
    """Claims, takes and releases homes for the node of `registry`."""

    def __init__(self, database: Database, registry: NodeRegistry) -> None:
        self._database = database
        self._registry = registry
        self._asking: dict[str, bool] = {}  # whether something changed since it was asked

    def changed(self, person: str | None = None) -> None:
        """Note that the home of a person, or anybody's, changed: what is being asked may be old."""
        concerned = list(self._asking) if person is None else [person]
        for each in concerned:
            if each in self._asking:
                self._asking[each] = True

    async def claim_or_find(self, person: str) -> Home:
        """Return the home of a person, claimed if nobody is.

        Raises `NotFound` and `StoreUnavailable`.
        """
        for _ in range(_ATTEMPTS):
            home, has_changed = await self._ask(person, lambda c: self._claim_or_find(c, person))
            if home is None:  # this node's own row isn't valid
                await self._registry.refresh()
            elif not has_changed:
                return home
        raise StoreUnavailable(_UNSETTLED)

    async def take(self, person: str, former: str) -> int | None:
        """Take a home from another node; return the epoch, or `None` if that isn't the home."""
        epoch, has_changed = await self._ask(person, lambda c: self._take(c, person, former))
        return None if has_changed else epoch

    async def release(self, person: str) -> None:
        """Leave a person without a home."""
        node = self._registry.node.id
        try:
            await self._database.run(lambda c: node_table.release(c, person, node))
        except TauError as error:  # it's free once this node is no longer valid
            logger.warning("a home was not released: %s", error)

    async def stored(self) -> dict[str, int]:
        """Return the people whose home is here, with the epochs. Raises `StoreUnavailable`."""
        node = self._registry.node.id
        return await self._database.run(lambda c: node_table.list_homes(c, node), read_only=True)

    async def _ask(self, person: str, work: Callable[[sa.Connection], T]) -> tuple[T, bool]:
        """Return the result of `work`, and whether the person's home changed since."""
        self._asking[person] = False
        try:
            result = await self._database.run(work)
        finally:
            has_changed = self._asking.pop(person)
        return result, has_changed

    def _claim_or_find(self, connection: sa.Connection, person: str) -> Home | None:
        claimant = self._registry.node.id
        if self._registry.draining:
            claimant = node_table.other_node(connection, claimant) or claimant
        epoch = node_table.claim(connection, person, claimant)
        if epoch is not None and epoch > 1:
            self._notify(connection, person, epoch)
        home = node_table.find_home(connection, person)
        if home is None and not node_table.exists(connection, person):
            raise NotFound("There is no such person.")
        return home

    def _take(self, connection: sa.Connection, person: str, former: str) -> int | None:
        epoch = node_table.take(connection, person, self._registry.node.id, former)
        if epoch is not None:
            self._notify(connection, person, epoch)
        return epoch

    def _notify(self, connection: sa.Connection, person: str, epoch: int) -> None:
        notification = Notification("home", person, number=epoch)
        self._database.notifications.notify(connection, notification)
