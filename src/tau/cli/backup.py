"""`tau backup` and `tau restore`: copies of the whole database."""

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
from tau.storage import backups, postgres_backups
from tau.storage.backups import RestoreResult
from tau.storage.home import BACKUPS_FOLDER, DATABASE_FILE, create_home, open_database


@click.command()
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write to this file, not to `backups`."
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
@takes_settings("home", "database_url")
@run_async
async def backup(output: Path | None, force: bool) -> None:
    """Back up the database, even while Tau is running.

    The backup is encrypted like the database. It's kept in `backups` in Tau's home, or in the file
    that you name. What you forget later is also erased from the backups in Tau's home.
    """
    settings = settings_given()
    if _is_postgres(settings):
        output = await _back_up_postgres(settings, output, force=force)
    else:
        output = await _back_up_file(settings, output, force=force)
    click.echo(output)
    written = format_size((await asyncio.to_thread(output.stat)).st_size)
    click.echo(
        f"Wrote {written}, encrypted like the database. {_key_name(settings)} is not in it: keep a "
        "copy of the key in another place.",
        err=True,
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--forgotten", is_flag=True, help="Also restore what was forgotten since.")
@takes_settings("home", "database_url")
@run_async
async def restore(file: Path, forgotten: bool) -> None:
    """Restore the database from a backup.

    Stop Tau first. The backup replaces the current database, of which a copy is kept in `backups`.
    What was forgotten since the backup stays forgotten, people who were removed stay removed, and
    today's passwords and keys keep working, unless you use --forgotten.
    """
    settings = settings_given()
    if running := await server_file.find_running(settings.home):
        raise Conflict(f"Tau is running at {running.url}; stop it, then restore the backup.")
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    restored = await _restore(settings, file, forgotten=forgotten)
    click.echo(f"Restored {file}.")
    if restored.kept is not None:
        click.echo(f"The previous database is kept as {restored.kept}.")
    if restored.left_out:
        click.echo(f"Left out because they were forgotten since: {restored.left_out} entries.")
    if restored.removed:
        click.echo(
            f"Left out because they were removed since: {', '.join(restored.removed)}. "
            "Use --forgotten to restore them."
        )
    if not restored.compared and not forgotten:
        click.echo(
            "There was no database of the same owner to compare with, "
            "so everything in the backup was restored."
        )
    click.echo(
        f"{_key_name(settings)} must be the one that was in use when the backup was made; with "
        "another key, sign in with your password or recovery code.",
        err=True,
    )


async def _back_up_file(settings: Settings, output: Path | None, *, force: bool) -> Path:
    database = _database_file(settings)
    if not await asyncio.to_thread(database.is_file):
        raise BadInput(f"There's no database in {settings.home} yet; start Tau first.")
    if output is None:
        return await asyncio.to_thread(backups.create_in, settings.home / BACKUPS_FOLDER, database)
    await asyncio.to_thread(backups.create_at, output, database, force=force)
    return output


async def _back_up_postgres(settings: Settings, output: Path | None, *, force: bool) -> Path:
    create_home(settings)
    folder = settings.home / BACKUPS_FOLDER
    async with open_database(settings) as database:
        if output is None:
            output = await asyncio.to_thread(postgres_backups.create_in, folder, database)
        else:
            await asyncio.to_thread(
                postgres_backups.create_at, output, folder, database, force=force
            )
        await asyncio.to_thread(database.finish_scrubbing_blocking)  # this may have delayed it
    return output


async def _restore(settings: Settings, file: Path, *, forgotten: bool) -> RestoreResult:
    folder = settings.home / BACKUPS_FOLDER
    if not _is_postgres(settings):
        database = _database_file(settings)
        return await asyncio.to_thread(backups.restore, file, database, folder, forgotten=forgotten)
    async with open_database(settings) as postgres:
        return await asyncio.to_thread(
            postgres_backups.restore, file, folder, postgres, forgotten=forgotten
        )


def _is_postgres(settings: Settings) -> bool:
    return settings.database_url.startswith("postgres")


def _database_file(settings: Settings) -> Path:
    url = settings.database_url
    return backups.sqlite_file(url) if url else settings.home / DATABASE_FILE


def _key_name(settings: Settings) -> str:
    """Return what to call the server's key: its file, or the environment variable."""
    path = settings.home / FILE_NAME
    return f"The key {path}" if path.exists() else f"The key in {ENVIRONMENT_VARIABLE}"
