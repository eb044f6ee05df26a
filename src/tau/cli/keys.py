"""`tau keys`: API keys for programs that use Tau."""

from typing import Any

import click

from tau.cli.accounts import find_person
from tau.cli.administration import administer
from tau.cli.async_command import run_async
from tau.cli.key_limits import describe_limits, limits_given, parse_expiry, takes_limits
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import format_time, print_rows
from tau.errors import NotFound
from tau.people import Slot
from tau.people.opening import open_people
from tau.settings import Settings
from tau.usage.key_limits import NO_LIMITS, KeyState
from tau.usage.limit_store import LimitStore

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
    settings = settings_given()
    slots = await _api_keys(settings, person)
    states = await _states(settings, slots)
    print_rows(
        ("id", "label", "created", "last used", "expires", "limits"),
        [
            (
                one.id,
                one.label,
                format_time(one.created_at),
                format_time(one.used_at),
                format_time(one.expires_at) if one.expires_at else "",
                describe_limits(states[one.id].limits) if one.id in states else "",
            )
            for one in slots
        ],
    )


@keys.command()
@click.argument("label")
@_PERSON_OPTION
@takes_limits
@takes_settings("home")
@run_async
async def new(label: str, person: str | None, expires: str | None, **given: Any) -> None:
    """Create an API key and print it once; LABEL says what it's for.

    Limits hold for the key on all nodes together. What a month may use counts from its first day.
    """
    limits, until = limits_given(given), parse_expiry(expires)
    async with administer(settings_given(), person) as administration:
        key = await administration.new_api_key(label, limits, until)
    click.echo(key)
    click.echo("Keep it safe: it opens everything, and you won't see it again.", err=True)


@keys.command()
@click.argument("key")
@_PERSON_OPTION
@takes_limits
@click.option("--unlimited", is_flag=True, help="Remove the limits and the expiry it has.")
@takes_settings("home")
@run_async
async def edit(
    key: str, person: str | None, expires: str | None, unlimited: bool, **given: Any
) -> None:
    """Change the limits of a key, given its id or label.

    What you don't name stays as it is, unless you say --unlimited.
    """
    settings = settings_given()
    slot = await _find(settings, person, key)
    states = await _states(settings, [slot])
    known = NO_LIMITS if unlimited or slot.id not in states else states[slot.id].limits
    until = parse_expiry(expires) or (None if unlimited else slot.expires_at)
    async with administer(settings, person) as administration:
        await administration.limit_api_key(slot.id, limits_given(given, known), until)
    click.echo(f"Changed {slot.label}.")


@keys.command()
@click.argument("key")
@_PERSON_OPTION
@takes_settings("home")
@run_async
async def revoke(key: str, person: str | None) -> None:
    """Revoke a key, given its id or label."""
    settings = settings_given()
    slot = await _find(settings, person, key)
    async with administer(settings, person) as administration:
        await administration.revoke_api_key(slot.id)
    click.echo(f"Revoked {slot.label}.")


async def _states(settings: Settings, slots: list[Slot]) -> dict[str, KeyState]:
    if not slots:
        return {}
    async with open_people(settings) as accounts:
        return await LimitStore(accounts.database).states([slot.id for slot in slots])


async def _find(settings: Settings, person: str | None, key: str) -> Slot:
    """Return the key of that id or label. Raises `NotFound`."""
    named = [slot for slot in await _api_keys(settings, person) if key in {slot.id, slot.label}]
    if len(named) != 1:
        found = "There are several keys" if named else "There is no key"
        raise NotFound(f"{found} of that name; `tau keys list` shows their ids.")
    return named[0]


async def _api_keys(settings: Settings, person: str | None) -> list[Slot]:
    async with open_people(settings) as accounts:
        if person is None and not await accounts.list():
            return []  # a new home: its owner is created later
        return await accounts.credentials.slots((await find_person(accounts, person)).id, "api_key")
