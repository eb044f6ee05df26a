"""Nodes with a small application each; a dictionary says who is at home where."""

import asyncio
import hashlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import uvicorn
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from tau.cli.serving import _run_server, _Server, config_for_nodes
from tau.nodes.node_table import Node
from tau.server.forwarding import ForwardingMiddleware
from tau.server.node_certificate import NodeCertificate
from tau.server.node_client import NodeClient
from tau.server.node_listener import NodeEntrance

KEY = bytes(range(32))

Handler = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass
class Table:
    """Who is at home where, as the database says."""

    homes: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)


class FakeHomes:
    """The homes as one node sees them: `remembered` may be out of date."""

    def __init__(self, table: Table, node: Node) -> None:
        self._table = table
        self.node = node
        self.remembered: dict[str, str] = {}
        self.taken: list[tuple[str, str]] = []

    def holds(self, person: str) -> bool:
        return self._table.homes.get(person) == self.node.id and person not in self.remembered

    async def home_of(self, person: str, *, ask: bool = False) -> Node:
        if ask:
            self.remembered.pop(person, None)
        home = self.remembered.get(person) or self._table.homes.setdefault(person, self.node.id)
        return self._table.nodes[home]

    async def take(self, person: str, former: Node) -> Node:
        self.taken.append((person, former.id))
        self.remembered.pop(person, None)
        self._table.homes[person] = self.node.id
        return self.node


@dataclass
class TestNode:
    """A node: its public address, its homes, and what its application does and has seen."""

    __test__ = False
    name: str
    homes: FakeHomes
    draining: asyncio.Event = field(default_factory=asyncio.Event)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""
    port: int = 0
    handlers: dict[str, Handler] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    inside: _Server | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        self.seen.append(f"{scope['method']} {scope['path']}")
        handler = self.handlers.get(scope["path"], self.echo)
        await handler(scope, receive, send)

    async def drop(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close the connections of other nodes, as a process that is killed does."""
        assert self.inside is not None
        for connection in list(self.inside.server_state.connections):
            connection.transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass

    async def echo(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with all that arrived."""
        body = await Request(scope, receive).body()
        shown = {
            "node": self.name,
            "method": scope["method"],
            "path": scope["path"],
            "raw_path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "scheme": scope["scheme"],
            "client": scope["client"],
            "headers": [[n.decode("latin-1"), v.decode("latin-1")] for n, v in scope["headers"]],
            "length": len(body),
            "digest": hashlib.sha256(body).hexdigest(),
        }
        await answer(send, json.dumps(shown).encode())


async def answer(
    send: Send, body: bytes, status: int = 200, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """Send a whole response."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [length, *headers]})
    await send({"type": "http.response.body", "body": body})


def local_socket() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


@asynccontextmanager
async def running_node(name: str, table: Table, *, reached: bool = True) -> AsyncIterator[TestNode]:
    """Run a node; with `reached` false, nobody listens at the address that it gives other nodes."""
    inner, public = local_socket(), local_socket()
    port = inner.getsockname()[1]
    table.nodes[name] = Node(name, f"https://127.0.0.1:{port}", "1")
    node = TestNode(name, FakeHomes(table, table.nodes[name]), port=port)
    client = NodeClient(NodeCertificate(KEY))
    api = ForwardingMiddleware(node, node.homes, fake_people(), client, node.draining, node.closing)
    node.url = f"http://127.0.0.1:{public.getsockname()[1]}"
    config = uvicorn.Config(
        api, http="httptools", ws="none", lifespan="off", log_config=None, proxy_headers=True
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(client.close)
        await stack.enter_async_context(_run_server(_Server(config), public))
        if reached:
            inside = config_for_nodes(NodeEntrance(api, node.homes), NodeCertificate(KEY))
            node.inside = _Server(inside)
            await stack.enter_async_context(_run_server(node.inside, inner))
        else:
            inner.close()
        stack.callback(node.closing.set)
        stack.callback(node.draining.set)
        yield node


def fake_people() -> Any:
    """People whose token is their name."""

    async def person_of(token: str) -> str | None:
        return token if token.isalpha() else None

    return SimpleNamespace(sessions=SimpleNamespace(person_of=person_of))
