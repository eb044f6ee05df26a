"""`tau run`: Tau for the browser."""

import asyncio
import gc
import ipaddress
import socket
import sys
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlsplit

import click
import uvloop
from rich.console import Console

from tau import __version__
from tau.app import App, open_app
from tau.cli import better_model, model_downloads, server_file
from tau.cli.link import link_for
from tau.cli.listening import PortTaken, listen, url_of
from tau.cli.model_summary import describe_chat_model
from tau.cli.options import settings_given, takes_settings
from tau.cli.run_node import describe_node
from tau.cli.serving import serve
from tau.cli.stopping import Stopping, stopping
from tau.cli.terminal import console
from tau.errors import BadInput, NotSignedIn
from tau.people import People
from tau.people.opening import open_people
from tau.server.draining import drain
from tau.server.node_listener import NodeSocket, listen_for_nodes
from tau.settings import Settings

_COLLECTOR_THRESHOLDS = (20_000, 50, 1_000)
_SWITCH_SECONDS = 0.0005
"""How long the event loop may keep the store's thread from running, when both want to.

A commit takes the interpreter's lock a dozen times; with Python's usual 5 ms each of these may wait
that long for a busy loop.
"""


@click.command()
@takes_settings(
    "home",
    "host",
    "port",
    "public_url",
    "node_host",
    "node_port",
    "drain_seconds",
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
    sys.setswitchinterval(_SWITCH_SECONDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(settings))


async def _run(settings: Settings) -> None:
    screen = console()
    there = await server_file.find_running(settings.home)
    if there is not None:
        await _print_existing_link(settings, there.url, screen)
        return
    listener = await _listen(settings)
    with listener, listen_for_nodes(settings) as nodes, stopping() as stop:
        async with open_app(settings, node_url=nodes.url if nodes else "") as app:
            if await _run_unless_stopped(stop.asked, _prepare(app, screen)):
                await _serve(app, listener, nodes, stop, screen)
    _print_sentence(screen, "Tau has stopped. Everything is saved.")


async def _prepare(app: App, screen: Console) -> None:
    await model_downloads.download_missing_models(app.models, screen, offline=app.settings.offline)


async def _serve(
    app: App, listener: socket.socket, nodes: NodeSocket | None, stop: Stopping, screen: Console
) -> None:
    url = url_of(listener)
    _tune_garbage_collector()
    async with serve(app, listener, nodes) as serving:
        with server_file.published(app.settings.home, url):
            warming = asyncio.create_task(app.models.warm_up())
            await _print_welcome(app, url, screen)
            await better_model.begin(app, lambda sentence: _print_sentence(screen, sentence))
            asked = asyncio.create_task(stop.asked.wait())
            await asyncio.wait({asked, serving.task}, return_when=asyncio.FIRST_COMPLETED)
            asked.cancel()
            warming.cancel()
            if not serving.task.done() and not stop.at_once.is_set():
                draining = drain(app, serving.app_state, app.settings.drain_seconds)
                await _run_unless_stopped(stop.at_once, draining)


def _tune_garbage_collector() -> None:
    """Keep Python's cyclic collector away from what was loaded at the start, and run it less often.

    A memory is a hundred thousand objects without cycles; walking them all takes a tenth of the
    time of each turn.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTOR_THRESHOLDS)


async def _run_unless_stopped(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Do `work` unless Tau is stopped first; return whether it was done."""
    working = asyncio.create_task(work)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not working.done():
        working.cancel()
        await asyncio.wait({working})
        return False
    stopping.cancel()
    await working
    return True


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


async def _print_welcome(app: App, url: str, screen: Console) -> None:
    settings = app.settings
    _print_sentence(screen, f"Tau {__version__} is running at {settings.public_url or url}")
    await _print_link(app.people, settings, url, screen)
    _print_sentence(screen, f"Your data is in {settings.home}")
    if app.homes is not None:
        _print_sentence(screen, await describe_node(app.homes))
    for sentence in await describe_chat_model(app.models):
        _print_sentence(screen, sentence)
    if not _is_private(settings):
        _print_sentence(
            screen,
            f"Warning: Tau is listening on {settings.host} without HTTPS, so others on the network "
            "can read along. Put an HTTPS proxy in front of it and set `public_url`.",
        )
    _print_sentence(screen, "Press Ctrl-C to stop Tau.")


async def _print_link(people: People, settings: Settings, url: str, screen: Console) -> None:
    """Print a one-time link, or how to sign in where only the person can open their data."""
    try:
        owner = await people.owner()
    except NotSignedIn:
        _print_sentence(screen, "Sign in there with your name and password.")
        return
    _print_sentence(
        screen, "Open this link; it works once, within ten minutes (`tau link` prints another):"
    )
    _print_sentence(screen, f"\n    {await link_for(people, owner, settings, url)}\n")


async def _print_existing_link(settings: Settings, url: str, screen: Console) -> None:
    _print_sentence(screen, f"Tau is already running at {settings.public_url or url}")
    async with open_people(settings) as people:
        await _print_link(people, settings, url, screen)


def _is_private(settings: Settings) -> bool:
    if urlsplit(settings.public_url).scheme == "https" or settings.host == "localhost":
        return True
    try:
        return ipaddress.ip_address(settings.host.strip("[]")).is_loopback
    except ValueError:
        return False


def _print_sentence(screen: Console, sentence: str) -> None:
    links = "http" in sentence  # which must stay whole, to be copied
    screen.print(sentence, soft_wrap=links or not screen.is_terminal, markup=False)
    screen.file.flush()
