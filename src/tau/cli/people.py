"""`tau people`: the accounts of this Tau."""

from urllib.parse import quote

import click

from tau.cli import confirmation, server_file
from tau.cli.accounts import find_person
from tau.cli.administration import administer
from tau.cli.async_command import run_async
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import format_time, print_rows
from tau.errors import BadInput
from tau.people import Person
from tau.people.opening import open_people
from tau.settings import Settings

_CHANGE_KEY = "Change the key? Every device is signed out, and every API key stops working."
_PERSON_OPTION = click.option("--person", metavar="NAME", help="For this person, not the owner.")


@click.group()
def people() -> None:
    """Manage who can use this Tau."""


@people.command("list")
@takes_settings("home")
@run_async
async def list_them() -> None:
    """List everyone."""
    async with open_people(settings_given()) as accounts:
        everybody = await accounts.list()
    print_rows(
        ("name", "since", "", "id"),
        [
            (one.name, format_time(one.created_at), "owner" if one.owner else "", one.id)
            for one in everybody
        ],
    )


@people.command()
@takes_settings("home", "public_url")
@run_async
async def invite() -> None:
    """Print a link that invites one person.

    It works once, within seven days.
    """
    settings = settings_given()
    async with administer(settings) as administration:
        token = await administration.invite()
    click.echo(f"{await _base_url(settings)}/welcome#invitation={quote(token, safe='')}")


@people.command()
@click.argument("name")
@click.argument("new_name")
@takes_settings("home")
@run_async
async def rename(name: str, new_name: str) -> None:
    """Rename someone."""
    settings = settings_given()
    person = await _find(settings, name)
    async with administer(settings) as administration:
        await administration.rename_person(person.id, new_name)
    click.echo(f"{name} is now called {new_name}.")


@people.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
@takes_settings("home")
@run_async
async def remove(name: str, yes: bool) -> None:
    """Remove someone and erase everything they ever said."""
    settings = settings_given()
    person = await _find(settings, name)
    question = f"Erase {person.name} and everything they said, for good?"
    if not yes and not confirmation.ask_confirmation(question):
        raise BadInput("Nothing was removed; use --yes to remove without confirmation.")
    async with administer(settings) as administration:
        await administration.remove_person(person.id)
    click.echo(f"Removed {name}.")


@people.command()
@_PERSON_OPTION
@takes_settings("home")
@run_async
async def password(person: str | None) -> None:
    """Set a password, to sign in from other devices."""
    typed = confirmation.ask_new_password()
    async with administer(settings_given(), person) as administration:
        await administration.set_password(typed)
    click.echo("The password is set.")


@people.command("recovery-code")
@_PERSON_OPTION
@takes_settings("home")
@run_async
async def recovery_code(person: str | None) -> None:
    """Print a new recovery code; the previous one stops working."""
    async with administer(settings_given(), person) as administration:
        code = await administration.new_recovery_code()
    click.echo(code)
    click.echo(
        "Write it down and keep it safe: it opens everything, and you won't see it again.",
        err=True,
    )


@people.command("rotate-key")
@_PERSON_OPTION
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
@takes_settings("home")
@run_async
async def rotate_key(person: str | None, yes: bool) -> None:
    """Encrypt what is said from now on with a new key.

    For when someone may have a copy of the database and something that opened it. Every session
    and API key ends; the password stays.
    """
    settings = settings_given()
    if not yes and not confirmation.ask_confirmation(_CHANGE_KEY):
        raise BadInput("Nothing was changed; use --yes to change the key without confirmation.")
    async with open_people(settings) as accounts:
        found = await find_person(accounts, person)
        has_password = await accounts.credentials.slots(found.id, "password")
    typed = confirmation.ask_password(f"Password of {found.name}") if has_password else None
    async with administer(settings, person) as administration:
        code = await administration.change_data_key(typed)
    click.echo("The key is changed. Sign in again on your devices, and create new API keys.")
    if code is not None:
        click.echo(f"Your new recovery code, which you won't see again: {code}")


async def _find(settings: Settings, name: str) -> Person:
    async with open_people(settings) as accounts:
        return await find_person(accounts, name)


async def _base_url(settings: Settings) -> str:
    if settings.public_url:
        return settings.public_url.rstrip("/")
    running = await server_file.find_running(settings.home)
    return running.url if running else f"http://127.0.0.1:{settings.port}"
