"""Which node is a person's home: claimed once, taken over, lost, released, and drained."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import sqlalchemy as sa

from tau.errors import NotFound
from tau.nodes.homes import Homes
from tau.nodes.node_registry import NodeRegistry, running_seconds
from tau.nodes.node_table import Node
from tau.storage.database import Database
from tests.patience import until
from tests.people_rows import add_people

pytestmark = pytest.mark.anyio


class Clock:
    """A node's monotonic clock, which a test can set forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return running_seconds() + self.ahead


class Server:
    """A node as the tests see it: its homes, and whom it lost."""

    def __init__(self, database: Database, name: str) -> None:
        self.database = database
        self.clock = Clock()
        node = Node(database.notifications.node, f"https://{name}", "1")
        self.registry = NodeRegistry(database, node, self.clock)
        self.homes = Homes(database, self.registry, self.clock)
        self.lost: list[str] = []
        self.homes.on_lost(self.lost.append)

    @property
    def node(self) -> Node:
        return self.registry.node

    async def expire(self) -> None:
        """Let the row of this node run out, as if it was cut off for long."""
        await self.database.run(
            lambda c: c.execute(
                sa.text("UPDATE nodes SET until = 1 WHERE id = :id"), {"id": self.node.id}
            )
        )


StartNode = Callable[[str], Awaitable[Server]]


@pytest.fixture
async def start(shared_url: str) -> AsyncIterator[StartNode]:
    """Start a node that shares the database with the others."""
    async with AsyncExitStack() as stack:

        async def start_node(name: str) -> Server:
            database = await Database.open(shared_url)
            stack.push_async_callback(database.close)
            await add_people(database, "ada", "bob", "cleo")
            server = Server(database, name)
            await database.notifications.start()
            await server.registry.start()
            stack.push_async_callback(server.registry.close)
            stack.push_async_callback(server.homes.close)
            return server

        yield start_node


@pytest.fixture
async def nodes(start: StartNode) -> list[Server]:
    return [await start(name) for name in ("a", "b")]


async def test_one_node_becomes_the_home_and_the_other_knows_it(nodes: list[Server]) -> None:
    a, b = nodes
    assert await a.homes.home_of("ada") == a.node
    assert await b.homes.home_of("ada") == a.node
    assert (a.homes.holds("ada"), b.homes.holds("ada")) == (True, False)
    assert await b.homes.home_of("bob") == b.node
    assert [node.url for node in await a.homes.nodes()] == sorted(
        [a.node.url, b.node.url], key=lambda url: {x.node.url: x.node.id for x in nodes}[url]
    )


async def test_of_many_claims_at_once_one_is_accepted(nodes: list[Server]) -> None:
    for person in ("ada", "bob", "cleo"):
        found = await asyncio.gather(
            *(node.homes.home_of(person) for node in nodes for _ in range(4))
        )
        assert len(set(found)) == 1
        assert sum(node.homes.holds(person) for node in nodes) == 1


async def test_nobody_is_at_home_who_does_not_exist(nodes: list[Server]) -> None:
    with pytest.raises(NotFound):
        await nodes[0].homes.home_of("nobody")
    assert not nodes[0].homes.holds("nobody")


async def test_a_home_is_kept_while_its_node_refreshes(nodes: list[Server]) -> None:
    a, b = nodes
    await a.homes.home_of("ada")
    await a.registry.refresh()
    assert await b.homes.home_of("ada", ask=True) == a.node
    assert a.lost == []


async def test_a_node_that_was_not_heard_of_loses_its_homes_to_another(
    nodes: list[Server],
) -> None:
    a, b = nodes
    await a.homes.home_of("ada")
    await a.expire()
    assert await b.homes.home_of("ada") == b.node
    await until(lambda: a.lost == ["ada"])  # it's notified at once
    assert not a.homes.holds("ada")
    assert await a.homes.home_of("ada") == b.node


async def test_a_node_that_comes_back_late_gives_up_what_it_held(nodes: list[Server]) -> None:
    a, _ = nodes
    await a.homes.home_of("ada")
    await a.expire()
    await a.registry.refresh()
    assert a.lost == ["ada"]
    assert not a.homes.holds("ada")
    assert await a.homes.home_of("ada") == a.node  # nobody claimed it meanwhile


async def test_a_node_cut_off_from_the_database_serves_nobody(nodes: list[Server]) -> None:
    a, b = nodes
    await a.homes.home_of("ada")
    a.clock.ahead = 60.0  # more than its row is valid: no refresh came through
    assert not a.homes.holds("ada")
    assert a.homes.held() == []
    await a.expire()
    assert await b.homes.home_of("ada") == b.node
    assert await a.homes.home_of("ada") == b.node
    assert a.lost == ["ada"]


@pytest.mark.parametrize("shift", [-60.0, 60.0])
async def test_the_clock_of_a_machine_does_not_matter(
    nodes: list[Server], monkeypatch: pytest.MonkeyPatch, shift: float
) -> None:
    a, b = nodes
    there = time.time
    await a.homes.home_of("ada")
    monkeypatch.setattr(time, "time", lambda: there() + shift)
    await b.registry.refresh()
    assert await b.homes.home_of("ada", ask=True) == a.node
    assert await b.homes.home_of("bob") == b.node
    monkeypatch.undo()
    assert await a.homes.home_of("bob") == b.node
    assert (a.lost, b.lost) == ([], [])


async def test_a_home_is_taken_from_a_node_that_cannot_be_reached(nodes: list[Server]) -> None:
    a, b = nodes
    await a.homes.home_of("ada")
    assert await b.homes.take("ada", a.node) == b.node
    await until(lambda: a.lost == ["ada"])
    assert await a.homes.home_of("ada") == b.node


async def test_of_two_that_take_a_home_one_gets_it(nodes: list[Server], start: StartNode) -> None:
    a, b = nodes
    c: Server = await start("c")
    await a.homes.home_of("ada")
    took = await asyncio.gather(b.homes.take("ada", a.node), c.homes.take("ada", a.node))
    assert len(set(took)) == 1
    await until(lambda: sum(node.homes.holds("ada") for node in (a, b, c)) == 1)


async def test_a_released_home_is_free_at_once(nodes: list[Server]) -> None:
    a, b = nodes
    await a.homes.home_of("ada")
    assert await b.homes.home_of("ada") == a.node
    await a.homes.release("ada")
    assert a.lost == []  # it knows
    assert await b.homes.home_of("ada", ask=True) == b.node


async def test_a_node_that_ends_leaves_its_homes(nodes: list[Server]) -> None:
    a, b = nodes
    await a.homes.home_of("ada")
    await a.registry.close()
    assert await b.homes.home_of("ada") == b.node


async def test_a_draining_node_takes_nobody_who_has_another(nodes: list[Server]) -> None:
    a, b = nodes
    await a.homes.home_of("ada")
    await a.homes.start_draining()
    assert await a.homes.home_of("ada") == a.node  # until it's released
    assert await a.homes.home_of("bob") == b.node
    assert await b.homes.home_of("bob") == b.node
    await a.homes.release("ada")
    assert await a.homes.home_of("ada") == b.node


async def test_the_last_node_serves_even_while_it_drains(start: StartNode) -> None:
    a: Server = await start("a")
    await a.homes.start_draining()
    assert await a.homes.home_of("ada") == a.node


async def test_what_was_missed_while_nothing_arrived_is_found(nodes: list[Server]) -> None:
    a, b = nodes
    await a.homes.home_of("ada")
    await a.homes.home_of("bob")
    await a.database.notifications.close()  # it hears nothing any more
    await b.homes.take("ada", a.node)
    assert a.homes.holds("ada")
    a.database.notifications.deliver('{"what":"resync"}')
    await until(lambda: a.lost == ["ada"])
    assert a.homes.holds("bob")


async def test_a_snapshot_is_written_by_the_home_as_it_was(nodes: list[Server]) -> None:
    a, b = nodes
    await a.homes.home_of("ada")
    first, stranger = a.homes.fence("ada"), b.homes.fence("ada")
    assert await a.database.run(first)
    assert not await b.database.run(stranger)
    await b.homes.take("ada", a.node)
    await until(lambda: a.lost == ["ada"])
    assert not await a.database.run(first)
    await a.homes.take("ada", b.node)
    assert not await a.database.run(first)  # another epoch
    assert await a.database.run(a.homes.fence("ada"))
