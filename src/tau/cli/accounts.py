"""Signing in from this machine: the owner's account opens without a password.

Where the server may not open the account by itself, the password is asked for. Sessions started
here end with the command, so that none pile up.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tau.cli import confirmation
from tau.errors import NotFound, NotSignedIn
from tau.people import People, Person, Unlocked

SESSION_LABEL = "terminal"


async def find_person(people: People, name: str | None) -> Person:
    """Return the person of that name or id; the owner for `None`. Raises `NotFound`."""
    everybody = await people.list()
    for person in everybody:
        if person.owner if name is None else name in {person.id, person.name}:
            return person
    raise NotFound(f"There's nobody named {name!r} here; `tau people list` lists everyone.")


@asynccontextmanager
async def open_person(people: People, name: str | None = None) -> AsyncIterator[Unlocked]:
    """Open the account of the person of that name, or of the owner, while the context lasts."""
    try:
        unlocked = await _unlock_with_server_key(people, name)
    except NotSignedIn:
        async with _sign_in(people, name) as (_, unlocked):
            yield unlocked
    else:
        yield unlocked


@asynccontextmanager
async def open_session(people: People, name: str | None = None) -> AsyncIterator[str]:
    """Yield a session token of that person, or of the owner, that is valid in the context."""
    try:
        unlocked = await _unlock_with_server_key(people, name)
    except NotSignedIn:
        async with _sign_in(people, name) as (token, _):
            yield token
        return
    token, _ = await people.sessions.redeem(await people.credentials.link(unlocked), SESSION_LABEL)
    try:
        yield token
    finally:
        await people.sessions.sign_out(token)


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
