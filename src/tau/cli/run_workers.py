"""`tau run --workers N`: this process prepares, listens and says where Tau is; workers serve."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from rich.console import Console

from tau.cli import server_file
from tau.cli.listening import url_of
from tau.cli.model_downloads import download_missing_models
from tau.cli.stopping import Stopping, run_unless_stopped
from tau.cli.welcome import print_sentence, print_welcome
from tau.cli.workers import Workers
from tau.errors import StoreUnavailable
from tau.models import Models
from tau.people import People
from tau.people.server_key import load_or_create_server_key
from tau.server.workers.connections import ConnectionRouter
from tau.settings import Settings
from tau.storage.home import create_home, open_database
from tau.storage.sealing import SecretBox

logger = logging.getLogger(__name__)


async def run_workers(
    settings: Settings, listener: socket.socket, stop: Stopping, screen: Console
) -> None:
    """Serve people with `settings.workers` processes until Tau is stopped.

    Raises what opening the database does, and `TauError` if the workers can't be kept running.
    """
    workers = Workers(replace(settings, node_port=0))  # one port can't be that of all
    url = url_of(listener)
    async with AsyncExitStack() as stack:
        async with _opened(settings) as (people, models):
            missing = download_missing_models(models, screen, offline=settings.offline)
            if not await run_unless_stopped(stop.asked, missing):
                return
            stack.push_async_callback(workers.close)
            if not await run_unless_stopped(stop.asked, workers.start()):
                return
            router = ConnectionRouter(listener, workers.give)
            router.start()
            stack.callback(router.stop)
            stack.enter_context(server_file.published(settings.home, url))
            try:
                await print_welcome(people, models, settings, url, screen)
            except StoreUnavailable as error:
                logger.warning("Tau is running at %s, but has no link yet: %s", url, error)
            print_sentence(screen, f"{settings.workers} workers serve people.")
        await _wait_until_stopped(workers, stop)


async def _wait_until_stopped(workers: Workers, stop: Stopping) -> None:
    """Pass on how Tau is stopped, and return once the workers have ended."""
    ended = asyncio.create_task(workers.ended())
    for asked, number in ((stop.asked, signal.SIGTERM), (stop.at_once, signal.SIGINT)):
        waiting = asyncio.create_task(asked.wait())
        await asyncio.wait({waiting, ended}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if ended.done():
            break
        workers.signal(signal.SIGINT if stop.at_once.is_set() else number)
    await ended


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[People, Models]]:
    """Open what's needed to say where Tau is and to fetch models; it migrates the database."""
    create_home(settings)
    server_key = load_or_create_server_key(settings.home, os.environ)
    async with open_database(settings) as database:
        models = await Models.open(settings, database, SecretBox(server_key))
        try:
            yield People(database, server_key, settings), models
        finally:
            await models.close()
