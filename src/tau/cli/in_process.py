"""A server inside this process, for commands that find none running.

With PostgreSQL it's a node like any other while the command runs: whoever is served by another node
is answered there, so no reply in progress is taken for an interrupted one.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tau.app import open_app
from tau.cli.listening import listen, url_of
from tau.cli.model_downloads import download_missing_models
from tau.cli.serving import serve
from tau.cli.terminal import console
from tau.people import People
from tau.server.node_listener import listen_for_nodes
from tau.settings import Settings


@asynccontextmanager
async def start_server(
    settings: Settings, *, fetch: bool = False
) -> AsyncIterator[tuple[str, People]]:
    """Serve on a free port while the context lasts; yield the address and the accounts.

    With `fetch`, missing built-in models are downloaded first if no other model is ready.
    """
    with listen_for_nodes(settings) as nodes:
        async with open_app(settings, node_url=nodes.url if nodes else "") as app:
            if fetch:
                screen = console(stderr=True)
                await download_missing_models(app.models, screen, offline=settings.offline)
            listener = listen("127.0.0.1", 0)
            async with serve(app, listener, nodes):
                yield url_of(listener), app.people
