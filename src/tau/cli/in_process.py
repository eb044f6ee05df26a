"""A server inside this process, for commands that find none running."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tau.app import open_app
from tau.cli.listening import listen, url_of
from tau.cli.model_downloads import download_missing_models
from tau.cli.serving import serve
from tau.cli.terminal import console
from tau.people import People
from tau.settings import Settings


@asynccontextmanager
async def start_server(
    settings: Settings, *, fetch: bool = False
) -> AsyncIterator[tuple[str, People]]:
    """Serve on a free port while the context lasts; yield the address and the accounts.

    With `fetch`, missing built-in models are downloaded first if no other model is ready.
    """
    async with open_app(settings) as app:
        if fetch:
            screen = console(stderr=True)
            await download_missing_models(app.models, screen, offline=settings.offline)
        listener = listen("127.0.0.1", 0)
        async with serve(app, listener):
            yield url_of(listener), app.people
