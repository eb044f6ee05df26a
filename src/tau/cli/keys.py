"""`tau keys`: API keys for programs that talk with Tau."""

import click

from tau.app import open_app
from tau.cli.async_command import run_async
from tau.cli.connect import open_person
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import format_time, print_rows
from tau.errors import NotFound
from tau.people import People, Slot, Unlocked

_PERSON_OPTION = click.option("--person", metavar="NAME", help="Of somebody else than the owner.")


@click.group()
def keys() -> None:
    """Keys for programs that talk with Tau."""


@keys.command("list")
@_PERSON_OPTION
@takes_settings("home")
@run_async
async def list_them(person: str | None) -> None:
    """List keys; the keys themselves are never shown again."""
    async with open_app(settings_given()) as app, open_person(app.people, person) as unlocked:
        slots = await _slots(app.people, unlocked)
    print_rows(
        ("id", "label", "made", "last used"),
        [
            (one.id, one.label, format_time(one.created_at), format_time(one.used_at))
            for one in slots
        ],
    )


@keys.command()
@click.argument("label")
@_PERSON_OPTION
@takes_settings("home")
@run_async
async def new(label: str, person: str | None) -> None:
    """Make a key, and print it once; LABEL says what it is for."""
    async with open_app(settings_given()) as app, open_person(app.people, person) as unlocked:
        key, _ = await app.people.credentials.new_api_key(unlocked, label)
    click.echo(key)
    click.echo("Keep it safe: it opens everything, and is shown once.", err=True)


@keys.command()
@click.argument("key")
@_PERSON_OPTION
@takes_settings("home")
@run_async
async def revoke(key: str, person: str | None) -> None:
    """Take a key away, by its id or label; it opens nothing any more."""
    async with open_app(settings_given()) as app, open_person(app.people, person) as unlocked:
        named = [
            slot for slot in await _slots(app.people, unlocked) if key in {slot.id, slot.label}
        ]
        if len(named) != 1:
            reason = "several keys" if named else "no key"
            raise NotFound(f"There is {reason} of that name; `tau keys list` tells their ids.")
        await app.people.credentials.revoke(unlocked.person.id, named[0].id)
    click.echo(f"{named[0].label} is revoked.")


async def _slots(people: People, unlocked: Unlocked) -> list[Slot]:
    return await people.credentials.slots(unlocked.person.id, "api_key")
