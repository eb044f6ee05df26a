"""Tau's server inside this process, on a socket that is open already: no port is guessed."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from tau.app import App
from tau.errors import BadInput
from tau.server.api import create_api

_SHUTDOWN_SECONDS = 5  # how long open requests may take to end once Tau is told to stop
_BACKLOG = 2048
_ACCEPT_LOOP_STEPS = 5  # of the event loop, until a connection that was taken is known to uvicorn


class PortTaken(BadInput):
    """Somebody else listens there already."""


class _Server(uvicorn.Server):
    """Uvicorn that leaves signals to the command that runs it, and tells when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the door before uvicorn counts whom to wait for.

        A page whose stream ends comes back at once: uncounted, it would hold everybody up.
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


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host` and `port`. Raises `PortTaken` or `BadInput`."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(f"Port {port} on {host} is in use by another program.") from error
        reason = error.strerror or type(error).__name__
        raise BadInput(f"Tau cannot listen on {host}, port {port}: {reason}.") from error


def url_of(listener: socket.socket) -> str:
    """Return the address under which this machine reaches `listener`."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 (compared with, never bound here)
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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
    """Wait until the server is up, or has given up."""
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if serving.done():
        serving.result()
        raise BadInput("Tau's server could not start; the log above says why.")
