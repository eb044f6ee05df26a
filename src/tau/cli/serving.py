"""Tau's server inside this process, on sockets that are already open: for people, and for nodes."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NamedTuple

import uvicorn
from starlette.types import ASGIApp

from tau.app import App
from tau.cli.stopping import Stopping, run_unless_stopped
from tau.errors import BadInput
from tau.server.api import create_api
from tau.server.draining import drain
from tau.server.node_certificate import KEY_PURPOSE, NodeCertificate
from tau.server.node_listener import NodeEntrance, NodeSocket
from tau.server.state import AppState
from tau.server.workers.handover import ConnectionReceiver

_SHUTDOWN_SECONDS = 5  # how long open requests may take when Tau stops
_ACCEPT_LOOP_STEPS = 5  # until uvicorn knows of an accepted connection
_NODES_KEPT_ALIVE_SECONDS = 75  # longer than a node keeps a connection that it doesn't use


class Serving(NamedTuple):
    """A server that runs: the task that serves people, and the state of its application."""

    task: "asyncio.Task[None]"
    app_state: AppState


class _Server(uvicorn.Server):
    """A Uvicorn server that leaves signals to its command and sets `ready` when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self._adopting: set[asyncio.Task[Any]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting before uvicorn counts the connections to wait for.

        A page whose stream ends reconnects at once and would delay the shutdown.
        """
        if self._adopting:
            await asyncio.wait(self._adopting)
        for server in self.servers:
            server.close()
        for _ in range(_ACCEPT_LOOP_STEPS):
            await asyncio.sleep(0)
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    def take(self, connection: socket.socket) -> None:
        """Serve a connection that another process accepted."""
        loop = asyncio.get_running_loop()
        adopting = loop.create_task(loop.connect_accepted_socket(self._protocol, connection))
        self._adopting.add(adopting)
        adopting.add_done_callback(self._adopting.discard)

    def _protocol(self) -> asyncio.Protocol:
        protocol: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serve(
    app: App,
    listener: socket.socket | None,
    nodes: NodeSocket | None = None,
    channel: socket.socket | None = None,
) -> AsyncIterator[Serving]:
    """Serve `app` on `listener`, and to other nodes on `nodes`, while the context lasts.

    Instead of a listener, `channel` brings connections that another process has accepted.
    """
    api = create_api(app)
    state: AppState = api.state.app_state
    server = _Server(_config(api))
    async with (
        _run_server(server, listener, channel) as task,
        _serve_nodes(app, api, nodes),
    ):
        try:
            yield Serving(task, state)
        finally:
            state.close_streams()


async def serve_until_stopped(app: App, serving: Serving, stop: Stopping) -> None:
    """Return once Tau is to stop: replies in progress have ended then, unless that's at once."""
    asked = asyncio.create_task(stop.asked.wait())
    await asyncio.wait({asked, serving.task}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if not serving.task.done() and not stop.at_once.is_set():
        draining = drain(app, serving.app_state, app.settings.drain_seconds)
        await run_unless_stopped(stop.at_once, draining)


@asynccontextmanager
async def _serve_nodes(app: App, api: ASGIApp, nodes: NodeSocket | None) -> AsyncIterator[None]:
    if nodes is None or app.homes is None:
        yield
        return
    certificate = NodeCertificate(app.people.key_for(KEY_PURPOSE))
    config = config_for_nodes(NodeEntrance(api, app.homes), certificate)
    async with _run_server(_Server(config), nodes.socket):
        yield


def config_for_nodes(entrance: ASGIApp, certificate: NodeCertificate) -> uvicorn.Config:
    """Return how `entrance` is served to nodes that show the same certificate."""
    config = _config(
        entrance,
        lifespan="off",  # the application's own server runs it
        proxy_headers=False,
        date_header=False,
        timeout_keep_alive=_NODES_KEPT_ALIVE_SECONDS,
    )
    config.load()
    config.ssl = certificate.server_context()
    return config


def _config(api: ASGIApp, **how: object) -> uvicorn.Config:
    return uvicorn.Config(
        api,
        http="httptools",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        **how,  # type: ignore[arg-type]
    )


@asynccontextmanager
async def _run_server(
    server: _Server, listener: socket.socket | None, channel: socket.socket | None = None
) -> AsyncIterator["asyncio.Task[None]"]:
    """Run a server on `listener` while the context lasts; yields its task."""
    serving = asyncio.create_task(server.serve(sockets=[listener] if listener else []))
    receiver = None
    try:
        await _wait_until_ready(serving, server.ready)
        receiver = ConnectionReceiver(channel, server.take) if channel else None
        yield serving
    finally:
        if receiver is not None:
            receiver.stop()
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
