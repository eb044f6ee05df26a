"""`tau export`: everything, to take away."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import click

from tau.app import open_app
from tau.cli.async_command import run_async
from tau.cli.connect import open_person
from tau.cli.files import atomic_write
from tau.cli.options import settings_given, takes_settings
from tau.errors import Conflict
from tau.journal.export import export_jsonl, export_markdown
from tau.life.life import Life
from tau.transfer.export_pam import export_pam

FORMATS = ("jsonl", "markdown", "pam")


@click.command()
@click.option("--format", "shape", type=click.Choice(FORMATS), default="jsonl", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File; else the output.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
@click.option("--person", metavar="NAME", help="Of somebody else than the owner.")
@takes_settings("home", "database_url")
@run_async
async def export(shape: str, output: Path | None, force: bool, person: str | None) -> None:
    """Take everything away with you.

    That is every entry as JSON Lines, what was said as Markdown to read, or what is known of you as
    Portable AI Memory (pam) for other products. The export is not encrypted: keep it where only you
    can read it.
    """
    if output is not None and await asyncio.to_thread(output.is_file) and not force:
        raise Conflict(f"{output} exists already; name another file, or overwrite it with --force.")
    async with open_app(settings_given()) as app, open_person(app.people, person) as unlocked:
        life = await app.companion.life(unlocked)
        if output is None:
            async for piece in _export_chunks(life, shape):
                click.echo(piece, nl=False)
            return
        count = 0
        with atomic_write(output, force=force) as file:
            async for piece in _export_chunks(life, shape):
                count += file.write(piece)
    click.echo(f"Wrote {count} bytes to {output}; they are not encrypted.", err=True)


async def _export_chunks(life: Life, shape: str) -> AsyncIterator[bytes]:
    if shape == "jsonl":
        async for line in export_jsonl(life.journal):
            yield line
    elif shape == "pam":
        async for store in export_pam(life):
            yield store
    else:
        async for text in export_markdown(life.journal):
            yield text.encode()
