"""`tau files`: the files that were attached to messages, listed and removed."""

from collections.abc import Sequence

import click

from tau.cli.async_command import run_async
from tau.cli.connect import connect_client
from tau.cli.fact_ids import ID_CONTEXT
from tau.cli.memory_forget import preview_and_forget
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import format_size, format_time, print_rows, single_line
from tau.errors import BadInput, NotFound
from tau.server.schemas.attachments import AttachmentOut


@click.group()
def files() -> None:
    """List and remove attached files."""


@files.command("list")
@takes_settings("home")
@run_async
async def list_files() -> None:
    """List the files that messages name, oldest first, except those of reflective support."""
    async with connect_client(settings_given()) as client:
        found = await client.turns.files()
    rows = [
        (one.id, format_time(one.at), format_size(one.size), single_line(one.name) + _place(one))
        for one in found
    ]
    print_rows(("id", "sent", "size", "name"), rows)


@files.command(context_settings=ID_CONTEXT)
@click.argument("names", nargs=-1, required=True, metavar="FILE...")
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
@takes_settings("home")
@run_async
async def remove(names: tuple[str, ...], yes: bool) -> None:
    """Forget files for good, with the replies that repeat them. The messages stay.

    Name a FILE by the beginning of its id, as `tau files list` shows it.
    """
    async with connect_client(settings_given()) as client:
        known = await client.turns.files()
        chosen = [_find(known, name) for name in names]
        await preview_and_forget(client, {"attachments": [one.id for one in chosen]}, yes=yes)


def _find(known: Sequence[AttachmentOut], name: str) -> AttachmentOut:
    """Return the file whose id starts like this. Raises `NotFound` and `BadInput`."""
    fitting = [one for one in known if one.id.startswith(name)]
    fitting = [one for one in fitting if one.id == name] or fitting
    if not fitting:
        raise NotFound(f"There's no file {name}; see tau files list.")
    if len(fitting) > 1:
        raise BadInput(f"More than one file starts with {name}.")
    return fitting[0]


def _place(one: AttachmentOut) -> str:
    return "" if one.stored else " (only its text is on this machine)"
