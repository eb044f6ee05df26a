"""This process as a node of its Tau, while it's open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tau import __version__
from tau.nodes.homes import Homes
from tau.nodes.node_registry import NodeRegistry
from tau.nodes.node_table import Node
from tau.storage.database import Database


@asynccontextmanager
async def open_homes(database: Database, url: str) -> AsyncIterator[Homes | None]:
    """Be a node that others reach at `url` while the context lasts, and yield people's homes.

    `None` with SQLite, and without `url`: then no other process forwards anything to this one.
    Raises `StoreUnavailable`.
    """
    if database.is_sqlite or not url:
        yield None
        return
    registry = NodeRegistry(database, Node(database.notifications.node, url, __version__))
    homes = Homes(database, registry)
    await database.notifications.start()
    try:
        await registry.start()
        yield homes
    finally:
        await homes.close()
        await registry.close()
