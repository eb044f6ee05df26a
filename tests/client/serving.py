"""A server that answers what a test says, and a client of it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from tau.client.client import Client


@asynccontextmanager
async def serving(add: Callable[[web.Application], None]) -> AsyncIterator[Client]:
    app = web.Application()
    add(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        async with Client(f"http://127.0.0.1:{port}", "tau-secret") as client:
            yield client
    finally:
        await runner.cleanup()
