"""`tau run`: Tau for the browser."""

import asyncio
import logging
import socket

import click
import uvloop
from rich.console import Console

from tau.app import App, open_app
from tau.cli import better_model, model_downloads, server_file
from tau.cli.interpreter import switch_threads_quickly, tune_garbage_collector
from tau.cli.listening import PortTaken, listen, url_of
from tau.cli.options import settings_given, takes_settings
from tau.cli.run_node import describe_node
from tau.cli.run_workers import run_workers
from tau.cli.serving import serve, serve_until_stopped
from tau.cli.stopping import Stopping, run_unless_stopped, stopping
from tau.cli.terminal import console
from tau.cli.welcome import print_link, print_sentence, print_welcome
from tau.cli.workers import require_shared_database
from tau.errors import BadInput, StoreUnavailable
from tau.people.opening import open_people
from tau.server.node_listener import NodeSocket, listen_for_nodes
from tau.settings import Settings

logger = logging.getLogger(__name__)


@click.command()
@takes_settings(
    "home",
    "host",
    "port",
    "public_url",
    "node_host",
    "node_port",
    "drain_seconds",
    "workers",
    "model",
    "model_url",
    "model_key",
    "builtin",
    "offline",
    "log_level",
)
def run() -> None:
    """Start Tau and print the link to open.

    Downloads the small built-in models first if no other model is available. A better one, if it
    fits this machine, is downloaded while you chat, and then takes over. Ctrl-C stops Tau at once;
    SIGTERM lets replies in progress end first. Nothing is lost.
    """
    settings = settings_given(quiet=False)
    switch_threads_quickly()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(settings))


async def _run(settings: Settings) -> None:
    screen = console()
    there = await server_file.find_running(settings.home)
    if there is not None:
        await _print_existing_link(settings, there.url, screen)
        return
    if settings.workers > 1:
        await _run_workers(settings, screen)
    else:
        await _run_alone(settings, screen)
    print_sentence(screen, "Tau has stopped. Everything is saved.")


async def _run_workers(settings: Settings, screen: Console) -> None:
    require_shared_database(settings)
    with await _listen(settings) as listener, stopping() as stop:
        await run_workers(settings, listener, stop, screen)


async def _run_alone(settings: Settings, screen: Console) -> None:
    listener = await _listen(settings)
    with listener, listen_for_nodes(settings) as nodes, stopping() as stop:
        async with open_app(settings, node_url=nodes.url if nodes else "") as app:
            if await run_unless_stopped(stop.asked, _prepare(app, screen)):
                await _serve(app, listener, nodes, stop, screen)


async def _prepare(app: App, screen: Console) -> None:
    await model_downloads.download_missing_models(app.models, screen, offline=app.settings.offline)


async def _serve(
    app: App, listener: socket.socket, nodes: NodeSocket | None, stop: Stopping, screen: Console
) -> None:
    url = url_of(listener)
    tune_garbage_collector()
    async with serve(app, listener, nodes) as serving:
        with server_file.published(app.settings.home, url):
            warming = asyncio.create_task(app.models.warm_up())
            await _introduce(app, url, screen)
            await serve_until_stopped(app, serving, stop)
            warming.cancel()


async def _introduce(app: App, url: str, screen: Console) -> None:
    """Say where Tau is, and download a better model; Tau serves on if the database goes away."""
    try:
        node = await describe_node(app.homes) if app.homes is not None else ""
        await print_welcome(app.people, app.models, app.settings, url, screen, node=node)
        await better_model.begin(app, lambda sentence: print_sentence(screen, sentence))
    except StoreUnavailable as error:
        logger.warning("Tau is running at %s, but the database doesn't answer: %s", url, error)


async def _listen(settings: Settings) -> socket.socket:
    try:
        return listen(settings.host, settings.port)
    except PortTaken as error:
        url = f"http://{settings.host}:{settings.port}"
        if await server_file.fetch_status(url) is None:
            raise BadInput(f"{error} Choose another with `--port`; 0 picks a free one.") from error
        raise BadInput(
            f"Another Tau, with another home, is already running at {url}; choose another port "
            "with `--port`."
        ) from error


async def _print_existing_link(settings: Settings, url: str, screen: Console) -> None:
    print_sentence(screen, f"Tau is already running at {settings.public_url or url}")
    async with open_people(settings) as people:
        await print_link(people, settings, url, screen)
