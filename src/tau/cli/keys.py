"""`tau keys`: API keys for programs that use Tau."""

import click

from tau.cli.accounts import find_person
from tau.cli.administration import administer
from tau.cli.async_command import run_async
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import format_time, print_rows
from tau.errors import NotFound
from tau.people import Slot
from tau.people.opening import open_people
from tau.settings import Settings

_PERSON_OPTION = click.option("--person", metavar="NAME", help="For this person, not the owner.")


@click.group()
def keys() -> None:
    """Manage API keys for programs."""


@keys.command("list")
@_PERSON_OPTION
@takes_settings("home")
@run_async
async def list_them(person: str | None) -> None:
    """List API keys; the keys themselves are never shown again."""
    print_rows(
        ("id", "label", "created", "last used"),
        [
            (one.id, one.label, format_time(one.created_at), format_time(one.used_at))
            for one in await _api_keys(settings_given(), person)
        ],
    )


@keys.command()
@click.argument("label")
@_PERSON_OPTION
@takes_settings("home")
@run_async
async def new(label: str, person: str | None) -> None:
    """Create an API key and print it once; LABEL says what it's for."""
    async with administer(settings_given(), person) as administration:
        key = await administration.new_api_key(label)
    click.echo(key)
    click.echo("Keep it safe: it opens everything, and you won't see it again.", err=True)


@keys.command()
@click.argument("key")
@_PERSON_OPTION
@takes_settings("home")
@run_async
async def revoke(key: str, person: str | None) -> None:
    """Revoke a key, given its id or label."""
    settings = settings_given()
    named = [slot for slot in await _api_keys(settings, person) if key in {slot.id, slot.label}]
    if len(named) != 1:
        found = "There are several keys" if named else "There is no key"
        raise NotFound(f"{found} of that name; `tau keys list` shows their ids.")
    async with administer(settings, person) as administration:
        await administration.revoke_api_key(named[0].id)
    click.echo(f"Revoked {named[0].label}.")


async def _api_keys(settings: Settings, person: str | None) -> list[Slot]:
    async with open_people(settings) as accounts:
        if person is None and not await accounts.list():
            return []  # a new home: its owner is created later
        return await accounts.credentials.slots((await find_person(accounts, person)).id, "api_key")
