"""Into the house from this machine: the owner's journal opens without typing anything.

Where the server's key slot was switched off, the password is asked for. Sessions made here are
ended again when the command ends, so that none pile up.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from tau.app import App, open_app
from tau.cli import confirmation, server_file
from tau.cli.model_downloads import fetch_what_is_missing
from tau.cli.options import given
from tau.cli.serving import listen, served, url_of
from tau.cli.terminal import console
from tau.client.client import Client
from tau.errors import BadInput, NotFound, NotSignedIn
from tau.people import People, Person, Unlocked
from tau.settings import Settings

LABEL = "terminal"
_OURS = {"home", "model", "log_level", "database_url", "public_url"}
"""Settings that concern a command even where the server is another process."""


async def person_named(people: People, name: str | None) -> Person:
    """Return the person of that name or id; the owner for `None`. Raises `NotFound`."""
    everybody = await people.list()
    for person in everybody:
        if person.owner if name is None else name in {person.id, person.name}:
            return person
    raise NotFound(f"There is nobody named {name!r} here; `tau people list` names everybody.")


@asynccontextmanager
async def owner_of(people: People) -> AsyncIterator[Unlocked]:
    """Open the owner's journal while the context lasts."""
    async with opened(people, None) as unlocked:
        yield unlocked


@asynccontextmanager
async def opened(people: People, name: str | None) -> AsyncIterator[Unlocked]:
    """Open the journal of the person of that name (or of the owner) while the context lasts."""
    try:
        unlocked = await _away(people, name)
    except NotSignedIn:
        async with _signed_in(people, name) as (_, unlocked):
            yield unlocked
    else:
        yield unlocked


@asynccontextmanager
async def session_of_owner(people: People) -> AsyncIterator[str]:
    """Yield a session token of the owner that lasts as long as the context."""
    try:
        link = await people.link(await people.owner())
    except NotSignedIn:
        async with _signed_in(people, None) as (token, _):
            yield token
        return
    token, _ = await people.redeem(link, LABEL)
    try:
        yield token
    finally:
        await people.sign_out(token)


@asynccontextmanager
async def connected(settings: Settings, *, fetch: bool = False) -> AsyncIterator[Client]:
    """Yield a client of the running server or, if none runs, of one inside this process.

    With `fetch`, missing built-in models are downloaded first if nothing else can speak.
    """
    running = await server_file.running(settings.home)
    _refuse_settings_of_another(running)
    async with open_app(settings) as app, session_of_owner(app.people) as token:
        if running is None and fetch:
            screen = console(stderr=True)
            await fetch_what_is_missing(app.models, screen, offline=settings.offline)
        place = nullcontext(running.url) if running else _own_server(app)
        async with place as url, Client(url, token) as client:
            yield client


def _refuse_settings_of_another(running: server_file.Beacon | None) -> None:
    mine = sorted(set(given()) - _OURS)
    if running is not None and mine:
        flag = "--" + mine[0].replace("_", "-")
        raise BadInput(
            f"Tau is running already, with settings of its own: stop it, or leave out {flag}."
        )


@asynccontextmanager
async def _own_server(app: App) -> AsyncIterator[str]:
    listener = listen("127.0.0.1", 0)
    async with served(app, listener):
        yield url_of(listener)


async def _away(people: People, name: str | None) -> Unlocked:
    if name is None:
        return await people.owner()
    return await people.unlock_away((await person_named(people, name)).id)


@asynccontextmanager
async def _signed_in(people: People, name: str | None) -> AsyncIterator[tuple[str, Unlocked]]:
    person = await person_named(people, name)
    typed = confirmation.password(f"Password of {person.name}")
    token, unlocked = await people.sign_in(person.name, typed, LABEL)
    try:
        yield token, unlocked
    finally:
        await people.sign_out(token)
