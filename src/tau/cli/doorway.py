"""Into the house from this machine: the owner's journal opens without typing anything.

Where the server's key slot was switched off, the password is asked for. Sessions made here are
ended again when the command ends, so that none pile up.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from tau.app import App, open_app
from tau.cli import asking, beacon
from tau.cli.client import Client
from tau.cli.serving import listen, served, url_of
from tau.errors import NotFound, NotSignedIn
from tau.people import People, Person, Unlocked
from tau.settings import Settings

LABEL = "terminal"


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
    try:
        yield_it = await people.owner()
        token = None
    except NotSignedIn:
        token, yield_it = await _sign_in(people, None)
    try:
        yield yield_it
    finally:
        if token is not None:
            await people.sign_out(token)


@asynccontextmanager
async def opened(people: People, name: str | None) -> AsyncIterator[Unlocked]:
    """Open the journal of the person of that name, or of the owner."""
    if name is None:
        async with owner_of(people) as unlocked:
            yield unlocked
        return
    person = await person_named(people, name)
    try:
        yield await people.unlock_away(person.id)
    except NotSignedIn:
        token, unlocked = await _sign_in(people, person.name)
        try:
            yield unlocked
        finally:
            await people.sign_out(token)


@asynccontextmanager
async def session_of_owner(people: People) -> AsyncIterator[str]:
    """Yield a session token of the owner that lasts as long as the context."""
    try:
        token, _ = await people.redeem(await people.link(await people.owner()), LABEL)
    except NotSignedIn:
        token, _ = await _sign_in(people, None)
    try:
        yield token
    finally:
        await people.sign_out(token)


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Client]:
    """Yield a client of the running server or, if none runs, of one inside this process."""
    async with open_app(settings) as app, session_of_owner(app.people) as token:
        running = await beacon.running(settings.home)
        place = nullcontext(running.url) if running else _own_server(app)
        async with place as url, Client(url, token) as client:
            yield client


@asynccontextmanager
async def _own_server(app: App) -> AsyncIterator[str]:
    listener = listen("127.0.0.1", 0)
    async with served(app, listener):
        yield url_of(listener)


async def _sign_in(people: People, name: str | None) -> tuple[str, Unlocked]:
    person = await person_named(people, name)
    typed = asking.password(f"Password of {person.name}")
    return await people.sign_in(person.name, typed, LABEL)
