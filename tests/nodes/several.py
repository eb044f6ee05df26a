"""Several nodes for the tests: what they share, and what a test can do to each."""

import asyncio
import threading
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from tau.bench.nodes_client import retrying_client, sign_in
from tau.bench.nodes_processes import ServingNode, serving_nodes
from tau.bench.nodes_proxies import TagBalancer, Wire, listening
from tau.bench.nodes_wires import address_through, socket_of
from tau.storage.database import create_engine
from tests.deploy.programs import program
from tests.nodes.balancers import balancing
from tests.patience import patient

T = TypeVar("T")


class ProxyThread:
    """An event loop of its own for proxies: it runs between the tests too."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxies")
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the loop, and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(patient(30))

    def soon(self, work: Callable[[], None]) -> None:
        """Do something in the loop, and return once it's done."""

        async def do() -> None:
            work()

        self.call(do())

    def close(self) -> None:
        """End the loop."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(patient(30))
        self._loop.close()


@dataclass
class Nodes:
    """Nodes on one database, a balancer in front of them, and the owner's key."""

    nodes: list[ServingNode]
    front: str
    """The address of the balancer."""
    session: str
    """The token of the owner's session."""
    key: str
    """The owner's API key."""
    engine: sa.Engine
    proxies: ProxyThread
    wires: list[Wire] = field(default_factory=list)
    """What lies between each node and the database."""

    def __getitem__(self, number: int) -> ServingNode:
        return self.nodes[number]

    def client(self, number: int, key: str = "") -> Any:
        """Return the context of a client of a node."""
        return retrying_client(self.nodes[number].url, key or self.key)

    def signed_in(self, number: int) -> Any:
        """Return the context of a client of a node, with the owner's session."""
        return retrying_client(self.nodes[number].url, session=self.session)

    def balanced(self, key: str = "") -> Any:
        """Return the context of a client of the balancer."""
        return retrying_client(self.front, key or self.key)

    def query(self, sql: str, **values: Any) -> list[Any]:
        """Return the rows of a query, asked beside the nodes."""
        with self.engine.begin() as connection:
            result = connection.execute(sa.text(sql), values)
            return list(result) if result.returns_rows else []

    def homes(self) -> dict[str, int]:
        """Return the number of the node that is each person's home now."""
        rows = self.query(
            "SELECT homes.person, nodes.url FROM homes JOIN nodes ON nodes.id = homes.node"
            " WHERE nodes.until > extract(epoch FROM clock_timestamp())"
        )
        listed = {row.person: row.url for row in rows}
        return {person: self._number_of(url) for person, url in listed.items()}

    def cut(self, number: int) -> None:
        """Cut a node off from the database."""
        self.proxies.soon(self.wires[number].cut)

    def restore(self, number: int) -> None:
        """Connect it again."""
        self.proxies.soon(self.wires[number].restore)

    async def all_up(self) -> None:
        """Start what a test has left ended, and mend what it has cut."""
        for number, node in enumerate(self.nodes):
            self.restore(number)
            if node.runs:
                node.thaw()
            else:
                await node.start()
            await node.wait_until_ready()

    def logs(self) -> str:
        """Return the end of what each node printed."""
        return "\n".join(f"node {node.number}:{node.last_lines()}" for node in self.nodes)

    def _number_of(self, url: str) -> int:
        port = int(url.rpartition(":")[2])
        return next(node.number for node in self.nodes if node.node_port == port)


@asynccontextmanager
async def several_nodes(
    database_url: str, folder: Path, more: Sequence[Mapping[str, str]]
) -> AsyncIterator[Nodes]:
    """Run nodes on one database, each with a wire to it, and a balancer in front of them.

    `more` is more environment of each node.
    """
    proxies, address = ProxyThread(), sa.make_url(database_url)
    engine = create_engine(address)
    try:
        with ExitStack() as stack:
            wires = [Wire(socket_of(address)) for _ in more]
            urls = [
                address_through(address, stack.enter_context(_served(proxies, w))) for w in wires
            ]
            async with serving_nodes(folder, urls, more) as running:
                front = stack.enter_context(_front([n.url for n in running], folder, proxies))
                session, key = await sign_in(running[0].url, running[0].link_key())
                yield Nodes(running, front, session, key, engine, proxies, wires)
    finally:
        proxies.close()
        engine.dispose()


@contextmanager
def _front(urls: list[str], folder: Path, proxies: ProxyThread) -> Iterator[str]:
    if (haproxy := program("haproxy")) is not None:
        with balancing(haproxy, urls, folder) as front:
            yield front
        return
    with _served(proxies, TagBalancer(urls)) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _served(proxies: ProxyThread, server: TagBalancer | Wire) -> Iterator[int]:
    """Serve in the loop of the proxies while the context lasts; yields the port."""
    serving = listening(server)
    port = proxies.call(serving.__aenter__())
    try:
        yield port
    finally:
        proxies.call(serving.__aexit__(None, None, None))


async def until(condition: Callable[[], Awaitable[T]], what: str, seconds: float = 30) -> T:
    """Wait until `condition` returns something true, and return it."""
    deadline = asyncio.get_running_loop().time() + patient(seconds)
    while True:
        if found := await condition():
            return found
        assert asyncio.get_running_loop().time() < deadline, f"never happened: {what}"
        await asyncio.sleep(0.02)
