"""Tau's server inside this process, on a socket that is already open."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from tau.app import App
from tau.errors import BadInput
from tau.server.api import create_api

_SHUTDOWN_SECONDS = 5  # how long open requests may take when Tau stops
_ACCEPT_LOOP_STEPS = 5  # until uvicorn knows of an accepted connection


class _Server(uvicorn.Server):
    """A Uvicorn server that leaves signals to its command and sets `ready` when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting before uvicorn counts the connections to wait for.

        A page whose stream ends reconnects at once and would delay the shutdown.
        """
        for server in self.servers:
            server.close()
        for _ in range(_ACCEPT_LOOP_STEPS):
            await asyncio.sleep(0)
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serve(app: App, listener: socket.socket) -> AsyncIterator["asyncio.Task[None]"]:
    """Serve `app` on `listener` while the context lasts; yields the task that serves."""
    api = create_api(app)
    config = uvicorn.Config(
        api,
        http="httptools",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await _wait_until_ready(serving, server.ready)
        yield serving
    finally:
        api.state.app_state.closing.set()
        server.should_exit = True
        await serving


async def _wait_until_ready(serving: "asyncio.Task[None]", ready: asyncio.Event) -> None:
    """Wait until the server is up, or has failed."""
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if serving.done():
        serving.result()
        raise BadInput("Tau's server couldn't start; see the log above.")
