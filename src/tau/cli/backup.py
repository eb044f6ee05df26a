"""`tau backup` and `tau restore`: copies of the whole database, and one of them put back."""

import asyncio
from pathlib import Path

import click

from tau.cli import server_file
from tau.cli.async_command import run_async
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import format_size
from tau.errors import BadInput, Conflict
from tau.people.server_key import ENVIRONMENT_VARIABLE, FILE_NAME
from tau.settings import Settings
from tau.storage import backups
from tau.storage.home import BACKUPS_FOLDER, DATABASE_FILE


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File; else `backups`.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
@takes_settings("home", "database_url")
@run_async
async def backup(output: Path | None, force: bool) -> None:
    """Copy the whole database, also while Tau runs.

    The copy is as sealed as the database. It lies in `backups` in Tau's home, where what is
    forgotten later goes from it too, or in the file that you name.
    """
    settings = settings_given()
    database = _database_file(settings)
    if not await asyncio.to_thread(database.is_file):
        raise BadInput(f"There is no database in {settings.home} yet; start Tau first.")
    if output is None:
        folder = settings.home / BACKUPS_FOLDER
        output = await asyncio.to_thread(backups.create_in, folder, database)
    else:
        await asyncio.to_thread(backups.create_at, output, database, force=force)
    click.echo(output)
    written = format_size((await asyncio.to_thread(output.stat)).st_size)
    click.echo(
        f"Wrote {written}, encrypted like the database. {_key_name(settings)} is not in it: keep a "
        "copy of the key too, in another place.",
        err=True,
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--forgotten", is_flag=True, help="Bring back what was forgotten since, too.")
@takes_settings("home", "database_url")
@run_async
async def restore(file: Path, forgotten: bool) -> None:
    """Put a copy of the database back.

    It takes the place of the one that is there, only while Tau does not run. What was there before
    is kept in `backups`. What was forgotten since the copy was made stays forgotten, who was
    removed stays away, and the ways to sign in are those of now, unless you ask for all of it.
    """
    settings = settings_given()
    database = _database_file(settings)
    if running := await server_file.find_running(settings.home):
        raise Conflict(f"Tau is running at {running.url}; stop it, then restore the copy.")
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = settings.home / BACKUPS_FOLDER
    restored = await asyncio.to_thread(backups.restore, file, database, folder, forgotten=forgotten)
    click.echo(f"{file} is in place.")
    if restored.kept is not None:
        click.echo(f"What was there before is kept as {restored.kept}.")
    if restored.left_out:
        click.echo(f"Left out, since it was forgotten meanwhile: {restored.left_out} entries.")
    if restored.removed:
        click.echo(
            f"Left out, since they are not here any more: {', '.join(restored.removed)}. "
            "With --forgotten they come back."
        )
    if not restored.compared and not forgotten:
        click.echo(
            "There was no database of the same owner to compare with: "
            "all that the copy holds is back."
        )
    click.echo(
        f"{_key_name(settings)} must be the one of the Tau that made the backup; with another key, "
        "sign in with a password or the recovery code.",
        err=True,
    )


def _database_file(settings: Settings) -> Path:
    url = settings.database_url
    return backups.sqlite_file(url) if url else settings.home / DATABASE_FILE


def _key_name(settings: Settings) -> str:
    """Return how the server's key is called: where its file lies, or would."""
    path = settings.home / FILE_NAME
    return (
        f"The key {path}" if path.exists() else f"The key that you give as {ENVIRONMENT_VARIABLE}"
    )
