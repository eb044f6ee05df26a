"""`tau import`: imports from other products and from another Tau."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import click

from tau.cli import server_file
from tau.cli.async_command import run_async
from tau.cli.confirmation import ask_confirmation
from tau.cli.connect import connect_to
from tau.cli.formatting import product_name
from tau.cli.options import settings_given, takes_settings
from tau.cli.progress import progress_bar
from tau.cli.terminal import console, print_rows, strip_control
from tau.client.client import Client
from tau.errors import BadInput, Conflict, TauError
from tau.server.schemas.imports import ImportOut, PreviewFactOut

_MAX_SHOWN = 20
_QUESTION = (
    "This is an export of Tau. If it's your own, everything in it counts as it did there. "
    "Is it your own?"
)
_POLL_SECONDS = 0.2
_STOPPED = "Stopped. What was imported so far is saved; run the same command again to continue."
_STOPPED_DRY_RUN = "Stopped. Nothing was written."
WatchProgress = Callable[[int, int], None]


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--trust", is_flag=True, help="Accept right away what it says about you.")
@click.option("--forgotten", is_flag=True, help="Also import what you have forgotten since.")
@click.option("--dry-run", is_flag=True, help="Only show what would be imported.")
@click.option("--person", metavar="NAME", help="For this person, not the owner.")
@takes_settings("home", "database_url")
@run_async
async def import_command(file: Path, person: str | None, **how: bool) -> None:
    """Import your history from another product.

    FILE is an export from ChatGPT, Claude or another Tau, a Portable AI Memory file, or chats as
    JSON Lines, zipped or not. Importing the same file again, or a newer one, adds only what is new,
    and a stopped import continues. What you have forgotten stays forgotten. What the file says
    about you waits for your approval: `tau memory list --state waiting`. With --trust, an export of
    your own Tau is restored as it was; in a terminal you are asked.
    """
    await asyncio.to_thread(_check_file, file)
    if not how["trust"] and await asyncio.to_thread(_is_tau_export, file):
        how["trust"] = ask_confirmation(_QUESTION)
    settings = settings_given()
    running = await server_file.find_running(settings.home)
    try:
        if running is None:
            from tau.cli.import_in_process import import_in_process

            imported = await import_in_process(settings, person, file, how)
        else:
            async with connect_to(running, settings, person) as client:
                imported = await _import_via_server(client, file, how)
    except asyncio.CancelledError:
        click.echo(_STOPPED_DRY_RUN if how["dry_run"] else _STOPPED, err=True)
        raise
    _print_result(imported, dry_run=how["dry_run"])


def _is_tau_export(file: Path) -> bool:
    from tau.cli.import_in_process import is_tau_export

    return is_tau_export(file)


def _check_file(file: Path) -> None:
    """Raise `BadInput` if this is not a file."""
    if file.is_dir():
        raise BadInput(f"{file} is a folder; name a file in it, such as conversations.json.")
    if not file.exists():
        raise BadInput(f"{file} doesn't exist.")
    if not file.is_file():
        raise BadInput(f"{file} is not a regular file; save it as one first.")


async def _import_via_server(client: Client, file: Path, how: dict[str, bool]) -> ImportOut:
    """Have the running Tau read the file, so that its memory is up to date at once."""
    if any(one.state == "running" for one in await client.imports.all()):
        raise Conflict("Another import is running; wait for it to finish, or stop it.")
    screen, name = console(stderr=True), strip_control(file.name)
    with progress_bar(f"Sending {name}", screen) as watch:
        imported = await _upload(client, file, watch, how)
    try:
        with progress_bar(name, screen) as watch:
            while imported.state == "running":
                watch(imported.bytes_done, imported.bytes_total)
                await asyncio.sleep(_POLL_SECONDS)
                imported = await client.imports.get(imported.id)
            watch(imported.bytes_done, imported.bytes_total)
    except asyncio.CancelledError:
        with suppress(TauError):  # it may be over by now
            await client.imports.stop(imported.id)
        raise
    if imported.state != "done":
        raise TauError(imported.sentence)
    return imported


async def _upload(
    client: Client, file: Path, watch: WatchProgress, how: dict[str, bool]
) -> ImportOut:
    try:
        with await asyncio.to_thread(file.open, "rb") as content:
            return await client.imports.upload(content, file.name, watch, **how)
    except OSError as error:
        raise BadInput(f"{file.name} can't be read: {error.strerror}.") from error


def _print_result(imported: ImportOut, *, dry_run: bool) -> None:
    """Print the result: a table of what is new, then what was left out and why."""
    print_rows(
        ("from", "conversations", "messages", "memories", "already here", "left out"),
        [
            (
                product_name(imported.origin),
                str(imported.conversations),
                str(imported.messages),
                str(imported.facts),
                str(imported.known),
                str(imported.skipped_count),
            )
        ],
    )
    for each in imported.skipped[:_MAX_SHOWN]:
        click.echo(
            f"Left out: {strip_control(each.where)}: {strip_control(each.reason)}.", err=True
        )
    more = imported.skipped_count - min(len(imported.skipped), _MAX_SHOWN)
    if more > 0:
        click.echo(f"And {more} more.", err=True)
    for note in imported.notes:
        click.echo(f"{strip_control(note.where)}: {strip_control(note.reason)}.", err=True)
    if imported.forgotten:
        count = imported.forgotten
        click.echo(
            f"Left out because you had forgotten it: {count}. Use --forgotten to import it.",
            err=True,
        )
    if dry_run:
        _print_preview(imported.learned)
        click.echo("Nothing was written.", err=True)
        return
    if imported.restored:
        return
    if imported.facts:
        click.echo("Review what it says about you: tau memory list --state waiting", err=True)
    if imported.messages or imported.facts:
        click.echo("To undo this import, find its id with: tau memory imports", err=True)


def _print_preview(learned: Sequence[PreviewFactOut]) -> None:
    """Print what would be learned, and which of it would wait for approval."""
    for each in learned[:_MAX_SHOWN]:
        waits = " (waits for your approval)" if each.trust == "waiting" else ""
        click.echo(f"Would learn: {strip_control(each.text)}{waits}", err=True)
    if len(learned) > _MAX_SHOWN:
        click.echo(f"And {len(learned) - _MAX_SHOWN} more.", err=True)
