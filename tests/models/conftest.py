"""Upstreams that behave and misbehave on loopback, and the real models, fetched once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tau.models import scripted_server
from tau.models.http import AddressGuard, GuardedClient

from .upstream import LOOPBACK, Answer, Raw


@pytest.fixture
async def client() -> AsyncIterator[GuardedClient]:
    """A guarded client that may reach loopback."""
    made = GuardedClient(AddressGuard(LOOPBACK))
    yield made
    await made.close()


@pytest.fixture
async def scripted_url() -> AsyncIterator[str]:
    """The address of the scripted model over HTTP."""
    async with scripted_server.serving(scripted_server.create_app()) as url:
        yield url


@pytest.fixture
def raw() -> Raw:
    """A server that answers a request with exactly the bytes that a test writes."""

    @asynccontextmanager
    async def serve(answer: Answer) -> AsyncIterator[str]:
        tasks: set[asyncio.Task[None]] = set()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            try:
                head = await reader.readuntil(b"\r\n\r\n")
                length = [
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length:")
                ]
                body = await reader.readexactly(length[0]) if length else b""
                await answer(head + body, writer)
                await writer.drain()
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                writer.transport.abort()
                tasks.discard(task)

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.close()
            for task in list(tasks):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await server.wait_closed()

    return serve
