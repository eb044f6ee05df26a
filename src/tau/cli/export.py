"""`tau export`: everything, as files for other programs and for reading."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import click

from tau.attachments.stored_files import FOLDER, StoredFiles
from tau.cli.accounts import open_person
from tau.cli.async_command import run_async
from tau.cli.connect import connect_client
from tau.cli.files import atomic_write
from tau.cli.options import settings_given, takes_settings
from tau.errors import BadInput, Conflict
from tau.journal.export import export_jsonl, export_markdown
from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.people.opening import open_people
from tau.settings import Settings
from tau.storage.home import open_database
from tau.transfer.care_filter import CareFilter
from tau.transfer.file_archive import export_archive

FORMATS = ("jsonl", "markdown", "pam")


@click.command()
@click.option("--format", "shape", type=click.Choice(FORMATS), default="jsonl", show_default=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write to this file.",
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
@click.option("--files", is_flag=True, help="With attached files, as a zip archive.")
@click.option("--with-care", is_flag=True, help="Include reflective support.")
@click.option("--person", metavar="NAME", help="For this person, not the owner.")
@takes_settings("home", "database_url")
@run_async
async def export(
    shape: str,
    output: Path | None,
    force: bool,
    files: bool,
    with_care: bool,
    person: str | None,
) -> None:
    """Export everything but reflective support.

    Formats: every entry as JSON Lines (jsonl), your conversations to read (markdown), or what Tau
    knows about you as Portable AI Memory for other products (pam). What you said, wrote and checked
    in with reflective support is left out unless you add --with-care. The bytes of files that you
    attached are only in an archive: --files. tau import restores both. The export is not encrypted:
    keep it where only you can read it.
    """
    if files and shape != "jsonl":
        raise BadInput("Only the format jsonl can have files.")
    if output is not None and await asyncio.to_thread(output.is_file) and not force:
        raise Conflict(
            f"{output} already exists; choose another name, or overwrite it with --force."
        )
    shape = "zip" if files else shape
    pieces = _export_chunks(settings_given(), shape, person, with_care=with_care)
    if output is None:
        async for piece in pieces:
            click.echo(piece, nl=False)
        return
    count = 0
    with atomic_write(output, force=force) as file:
        async for piece in pieces:
            count += file.write(piece)
    click.echo(f"Wrote {count} bytes to {output}, not encrypted.", err=True)


async def _export_chunks(
    settings: Settings, shape: str, person: str | None, *, with_care: bool
) -> AsyncIterator[bytes]:
    """Yield an export: of the journal in the database, or of the facts from a running Tau."""
    if shape == "pam":
        async with connect_client(settings, person=person) as client:
            async for chunk in client.memory.export("pam"):
                yield chunk
        return
    async with (
        open_people(settings) as people,
        open_database(settings) as database,
        open_person(people, person) as unlocked,
    ):
        journal = Journal(
            Store(database),
            unlocked.person.id,
            unlocked.data_key,
            earlier_keys=unlocked.earlier_keys,
        )
        without = None if with_care else await CareFilter.read(journal)
        if shape == "zip":
            stored = StoredFiles(database, settings.home / FOLDER, journal.person, journal.box)
            async for piece in export_archive(journal, stored, without):
                yield piece
            return
        if shape == "jsonl":
            async for line in export_jsonl(journal, without):
                yield line
            return
        async for text in export_markdown(journal, without):
            yield text.encode()
