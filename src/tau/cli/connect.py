"""Into the house from this machine: the owner's journal opens without typing anything.

Where the server's key slot was switched off, the password is asked for. Sessions made here are
ended again when the command ends, so that none pile up.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from tau.app import App, open_app
from tau.cli import confirmation, server_file
from tau.cli.model_downloads import download_missing_models
from tau.cli.options import given
from tau.cli.serving import listen, serve, url_of
from tau.cli.terminal import console
from tau.client.client import Client
from tau.errors import BadInput, NotFound, NotSignedIn
from tau.people import People, Person, Unlocked
from tau.settings import Settings

SESSION_LABEL = "terminal"
_LOCAL_SETTINGS = {"home", "model", "log_level", "database_url", "public_url"}
"""Settings that concern a command even where the server is another process."""


async def find_person(people: People, name: str | None) -> Person:
    """Return the person of that name or id; the owner for `None`. Raises `NotFound`."""
    everybody = await people.list()
    for person in everybody:
        if person.owner if name is None else name in {person.id, person.name}:
            return person
    raise NotFound(f"There is nobody named {name!r} here; `tau people list` names everybody.")


@asynccontextmanager
async def open_owner(people: People) -> AsyncIterator[Unlocked]:
    """Open the owner's journal while the context lasts."""
    async with open_person(people, None) as unlocked:
        yield unlocked


@asynccontextmanager
async def open_person(people: People, name: str | None) -> AsyncIterator[Unlocked]:
    """Open the journal of the person of that name (or of the owner) while the context lasts."""
    try:
        unlocked = await _unlock_with_server_key(people, name)
    except NotSignedIn:
        async with _sign_in(people, name) as (_, unlocked):
            yield unlocked
    else:
        yield unlocked


@asynccontextmanager
async def owner_session(people: People) -> AsyncIterator[str]:
    """Yield a session token of the owner that lasts as long as the context."""
    try:
        link = await people.credentials.link(await people.owner())
    except NotSignedIn:
        async with _sign_in(people, None) as (token, _):
            yield token
        return
    token, _ = await people.sessions.redeem(link, SESSION_LABEL)
    try:
        yield token
    finally:
        await people.sessions.sign_out(token)


@asynccontextmanager
async def connect_client(settings: Settings, *, fetch: bool = False) -> AsyncIterator[Client]:
    """Yield a client of the running server or, if none runs, of one inside this process.

    With `fetch`, missing built-in models are downloaded first if nothing else can speak.
    """
    running = await server_file.find_running(settings.home)
    _refuse_server_settings(running)
    async with open_app(settings) as app, owner_session(app.people) as token:
        if running is None and fetch:
            screen = console(stderr=True)
            await download_missing_models(app.models, screen, offline=settings.offline)
        place = nullcontext(running.url) if running else _in_process_server(app)
        async with place as url, Client(url, token) as client:
            yield client


def _refuse_server_settings(running: server_file.ServerFile | None) -> None:
    mine = sorted(set(given()) - _LOCAL_SETTINGS)
    if running is not None and mine:
        flag = "--" + mine[0].replace("_", "-")
        raise BadInput(
            f"Tau is running already, with settings of its own: stop it, or leave out {flag}."
        )


@asynccontextmanager
async def _in_process_server(app: App) -> AsyncIterator[str]:
    listener = listen("127.0.0.1", 0)
    async with serve(app, listener):
        yield url_of(listener)


async def _unlock_with_server_key(people: People, name: str | None) -> Unlocked:
    if name is None:
        return await people.owner()
    return await people.sessions.unlock_with_server_slot((await find_person(people, name)).id)


@asynccontextmanager
async def _sign_in(people: People, name: str | None) -> AsyncIterator[tuple[str, Unlocked]]:
    person = await find_person(people, name)
    typed = confirmation.ask_password(f"Password of {person.name}")
    token, unlocked = await people.sessions.sign_in(person.name, typed, SESSION_LABEL)
    try:
        yield token, unlocked
    finally:
        await people.sessions.sign_out(token)
