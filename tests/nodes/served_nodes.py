"""Two real servers in this process that share a PostgreSQL database, as two `tau run` would."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tau.app import App, open_app
from tau.cli.serving import Serving, serve
from tau.people import Unlocked
from tau.server.node_listener import listen_for_nodes
from tau.settings import Settings

KEY = {"TAU_SERVER_KEY": "A" * 43 + "="}


@dataclass(frozen=True)
class ServedNode:
    """A node that serves: its parts, and the address for people."""

    app: App
    url: str
    serving: Serving

    @property
    def id(self) -> str:
        assert self.app.homes is not None
        return self.app.homes.node.id

    async def session_of(self, unlocked: Unlocked) -> str:
        link = await self.app.people.credentials.link(unlocked)
        return (await self.app.people.sessions.redeem(link, "test"))[0]


@asynccontextmanager
async def served_node(home: Path, database_url: str) -> AsyncIterator[ServedNode]:
    """Run a node with a folder of its own while the context lasts."""
    settings = Settings(
        home=home, database_url=database_url, model="scripted", embedder="scripted-embedder"
    )
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with listen_for_nodes(settings) as nodes:
        assert nodes is not None
        async with (
            open_app(settings, environ=KEY, node_url=nodes.url) as app,
            serve(app, listener, nodes) as serving,
        ):
            yield ServedNode(app, url, serving)


class Device:
    """A program of a person that is connected to one node."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._session = session
        self._url = url
        self.headers = {"Authorization": f"Bearer {token}"}

    def at(self, node: ServedNode) -> "Device":
        """Return the same program, connected to another node."""
        other = Device(self._session, node.url, "")
        other.headers = self.headers
        return other

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Return a request as a context manager, as aiohttp does."""
        given = {**self.headers, **headers}
        return self._session.request(method, self._url + path, json=body, headers=given)

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """Return what is answered, as JSON; the answer must be good."""
        async with self.ask(method, path, body) as response:
            text = await response.text()
            assert response.status < 300, text
            return await response.json() if text else None

    async def status(self, method: str, path: str, body: Any = None) -> int:
        async with self.ask(method, path, body) as response:
            await response.read()
            return int(response.status)
