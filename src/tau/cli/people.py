"""`tau people`: who may talk with this Tau."""

import asyncio
from urllib.parse import quote

import click

from tau.app import open_app
from tau.cli import confirmation, server_file
from tau.cli.async_command import run_async
from tau.cli.connect import find_person, open_owner, open_person
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import format_time, print_rows
from tau.errors import BadInput
from tau.settings import Settings

_PERSON_OPTION = click.option("--person", metavar="NAME", help="Of somebody else than the owner.")


@click.group()
def people() -> None:
    """Who may talk with this Tau."""


@people.command("list")
@takes_settings("home")
@run_async
async def list_them() -> None:
    """List everybody."""
    async with open_app(settings_given()) as app:
        everybody = await app.people.list()
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
    """Print a link that lets one more person in; it works once, for seven days."""
    settings = settings_given()
    async with open_app(settings) as app, open_owner(app.people) as owner:
        token = await app.people.invitations.invite(owner)
    click.echo(f"{await _base_url(settings)}/welcome#invitation={quote(token, safe='')}")


@people.command()
@click.argument("name")
@click.argument("new_name")
@takes_settings("home")
@run_async
async def rename(name: str, new_name: str) -> None:
    """Call somebody something else."""
    async with open_app(settings_given()) as app:
        person = await find_person(app.people, name)
        await app.people.rename(person.id, new_name)
    click.echo(f"{name} is called {new_name} now.")


@people.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@takes_settings("home")
@run_async
async def remove(name: str, yes: bool) -> None:
    """Remove somebody and erase everything they ever said."""
    async with open_app(settings_given()) as app:
        person = await find_person(app.people, name)
        question = f"Erase {person.name} and everything they said, for good?"
        if not yes and not await asyncio.to_thread(confirmation.ask_confirmation, question):
            raise BadInput("Nothing was removed; say --yes to remove without a question.")
        await app.people.remove(person.id)
    click.echo(f"{name} is removed.")


@people.command()
@_PERSON_OPTION
@takes_settings("home")
@run_async
async def password(person: str | None) -> None:
    """Set a password, to sign in from other devices."""
    typed = await asyncio.to_thread(confirmation.ask_new_password)
    async with open_app(settings_given()) as app, open_person(app.people, person) as unlocked:
        await app.people.credentials.set_password(unlocked, typed)
    click.echo("The password is set.")


@people.command("recovery-code")
@_PERSON_OPTION
@takes_settings("home")
@run_async
async def recovery_code(person: str | None) -> None:
    """Print a new recovery code, once; the one before opens nothing any more."""
    async with open_app(settings_given()) as app, open_person(app.people, person) as unlocked:
        code = await app.people.credentials.new_recovery_code(unlocked)
    click.echo(code)
    click.echo("Write it down and keep it safe: it opens everything, and is shown once.", err=True)


async def _base_url(settings: Settings) -> str:
    if settings.public_url:
        return settings.public_url.rstrip("/")
    running = await server_file.find_running(settings.home)
    return running.url if running else f"http://127.0.0.1:{settings.port}"
