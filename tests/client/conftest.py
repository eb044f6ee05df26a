"""A client of a real Tau, served in this process."""

from collections.abc import AsyncIterator

import pytest

from tau.app import App
from tau.cli.listening import listen, url_of
from tau.cli.serving import serve
from tau.client.client import Client


@pytest.fixture
async def client(app: App) -> AsyncIterator[Client]:
    """A client of the owner's."""
    owner = await app.people.owner()
    token, _ = await app.people.sessions.redeem(await app.people.credentials.link(owner), "tests")
    listener = listen("127.0.0.1", 0)
    async with serve(app, listener), Client(url_of(listener), token) as client:
        yield client
