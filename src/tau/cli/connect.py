"""A client of the running Tau or, if none runs, of a server inside this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tau.cli import server_file
from tau.cli.accounts import open_session
from tau.cli.options import given
from tau.client.client import Client
from tau.errors import BadInput
from tau.people.opening import open_people
from tau.settings import Settings

_LOCAL_SETTINGS = {"home", "model", "log_level", "database_url", "public_url"}
"""Settings that concern a command even where the server is another process."""


@asynccontextmanager
async def connect_client(
    settings: Settings, *, person: str | None = None, fetch: bool = False
) -> AsyncIterator[Client]:
    """Yield a client of that person, or of the owner.

    With `fetch`, where no server runs, missing built-in models are downloaded first.
    """
    running = await server_file.find_running(settings.home)
    if running is not None:
        _refuse_server_settings()
        async with connect_to(running, settings, person) as client:
            yield client
        return
    from tau.cli.in_process import start_server

    async with (
        start_server(settings, fetch=fetch) as (url, people),
        open_session(people, person) as token,
        Client(url, token) as client,
    ):
        yield client


@asynccontextmanager
async def connect_to(
    running: server_file.ServerFile, settings: Settings, person: str | None
) -> AsyncIterator[Client]:
    """Yield a client of a running server, signed in as that person or the owner."""
    async with (
        open_people(settings) as people,
        open_session(people, person) as token,
        Client(running.url, token) as client,
    ):
        yield client


def _refuse_server_settings() -> None:
    """Raise `BadInput` for a setting that only the running server could follow."""
    mine = sorted(set(given()) - _LOCAL_SETTINGS)
    if mine:
        flag = "--" + mine[0].replace("_", "-")
        raise BadInput(
            f"Tau is already running with its own settings: stop it, or leave out {flag}."
        )
