"""Proxies of a measurement: one that keeps a person on a node, and one that can be cut.

`TagBalancer` stands in for HAProxy where that isn't installed. `Wire` lies between a node and its
database and can stop forwarding, as a network does that loses every packet.
"""

import asyncio
import hashlib
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

_TAG = re.compile(rb"(?:bearer tau-|tau_session=)([\w-]{3})", re.IGNORECASE)
_HEAD_LIMIT = 65_536  # bytes
_PIECE = 65_536  # bytes
_CONNECT_SECONDS = 1.0
_NOBODY = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\n"
    b"Connection: close\r\n\r\n"
)


class TagBalancer:
    """A balancer for HTTP/1.1 that chooses a node by the routing tag of a connection's first token.

    Of the nodes that accept connections it takes the first in an order that depends on the tag.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        self._ports = [int(url.rpartition(":")[2]) for url in urls]

    async def handle(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serve one connection."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            return
        found = _TAG.search(head)
        for port in self._order(found[1] if found else b""):
            try:
                async with asyncio.timeout(_CONNECT_SECONDS):
                    upstream = await asyncio.open_connection("127.0.0.1", port)
            except (OSError, TimeoutError):
                continue
            upstream[1].write(head)
            await _forward_both((reader, writer), upstream)
            return
        writer.write(_NOBODY)

    def _order(self, tag: bytes) -> list[int]:
        return sorted(self._ports, key=lambda port: hashlib.sha256(tag + b"%d" % port).digest())


class Wire:
    """A TCP connection point to a database that can be cut and restored.

    While it's cut, connections are accepted and nothing is forwarded: neither side notices.
    """

    def __init__(self, target: str | tuple[str, int]) -> None:
        self._target = target
        """The path of a Unix socket, or a host and a port."""
        self._whole = asyncio.Event()
        self._whole.set()

    def cut(self) -> None:
        """Stop forwarding."""
        self._whole.clear()

    def restore(self) -> None:
        """Forward again, beginning with what has been held back."""
        self._whole.set()

    async def handle(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serve one connection."""
        await self._whole.wait()
        try:
            if isinstance(self._target, str):
                upstream = await asyncio.open_unix_connection(self._target)
            else:
                upstream = await asyncio.open_connection(*self._target)
        except OSError:
            return
        await _forward_both((reader, writer), upstream, self._whole)


@asynccontextmanager
async def listening(server: TagBalancer | Wire) -> AsyncIterator[int]:
    """Serve connections on loopback while the context lasts; yields the port."""
    open_ones: set[asyncio.Task[None]] = set()

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            open_ones.add(task)
            task.add_done_callback(open_ones.discard)
        try:
            await server.handle(reader, writer)
            writer.close()  # after what is buffered
        except asyncio.CancelledError:
            writer.transport.abort()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0, limit=_HEAD_LIMIT)
    try:
        yield int(listener.sockets[0].getsockname()[1])
    finally:
        listener.close()
        for task in tuple(open_ones):
            task.cancel()
        if open_ones:
            await asyncio.wait(tuple(open_ones))


async def _forward_both(
    client: tuple[StreamReader, StreamWriter],
    upstream: tuple[StreamReader, StreamWriter],
    whole: asyncio.Event | None = None,
) -> None:
    """Forward in both directions until one side has closed."""
    ways = [
        asyncio.create_task(_forward(client[0], upstream[1], whole)),
        asyncio.create_task(_forward(upstream[0], client[1], whole)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        upstream[1].close()


async def _forward(source: StreamReader, target: StreamWriter, whole: asyncio.Event | None) -> None:
    with suppress(OSError):
        while piece := await source.read(_PIECE):
            if whole is not None:
                await whole.wait()
            target.write(piece)
            await target.drain()
