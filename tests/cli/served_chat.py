"""A client of a real server in this process, and what a chat prints."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tau.app import App
from tau.cli.accounts import open_session
from tau.cli.listening import listen, url_of
from tau.cli.serving import serve
from tau.cli.slash_commands import ChatContext
from tau.client.client import Client


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[Client]:
    """Serve Tau on a free port; yields a client of its owner."""
    listener = listen("127.0.0.1", 0)
    async with (
        serve(app, listener),
        open_session(app.people) as token,
        Client(url_of(listener), token) as client,
    ):
        yield client


def shown(chat: ChatContext) -> str:
    """Return what a chat has printed since the last time."""
    file = chat.session.screen.file
    assert isinstance(file, io.StringIO)
    text = file.getvalue()
    file.seek(0)
    file.truncate()
    return text
