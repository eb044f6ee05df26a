"""`tau link`: a one-time link that signs a browser in."""

from urllib.parse import quote

import click

from tau.cli import server_file
from tau.cli.accounts import open_person
from tau.cli.async_command import run_async
from tau.cli.options import settings_given, takes_settings
from tau.errors import NotFound
from tau.people import People, Unlocked
from tau.people.opening import open_people
from tau.settings import Settings


@click.command()
@takes_settings("home")
@run_async
async def link() -> None:
    """Print a new one-time link to the running Tau."""
    settings = settings_given()
    running = await server_file.find_running(settings.home)
    if running is None:
        raise NotFound("Tau is not running; start it with `tau run`.")
    click.echo(await new_link(settings, running.url))


async def new_link(settings: Settings, url: str) -> str:
    """Return a one-time link to the Tau that runs at `url`."""
    async with open_people(settings) as people:
        return await link_of(people, settings, url)


async def link_of(people: People, settings: Settings, url: str) -> str:
    """Return a one-time link that signs the owner in at `url`."""
    async with open_person(people) as unlocked:
        return await link_for(people, unlocked, settings, url)


async def link_for(people: People, unlocked: Unlocked, settings: Settings, url: str) -> str:
    """Return a one-time link that signs that person in at `url`."""
    token = await people.credentials.link(unlocked)
    base = settings.public_url.rstrip("/") or url
    return f"{base}/welcome#key={quote(token, safe='')}"
