"""`tau studio import` and `tau studio export`: from and to other programs."""

import asyncio
import re
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, get_args

import click

from tau.cli.async_command import run_async
from tau.cli.confirmation import ask_password
from tau.cli.connect import connect_client
from tau.cli.options import settings_given, takes_person, takes_settings
from tau.cli.terminal import console, strip_control
from tau.client.client import Client
from tau.errors import BadInput, TauError
from tau.server.schemas.studio_transfer import OpenAIImportOut
from tau.studio.exports.formats import NOTES, DataFormat, ModelFormat

KEY_VARIABLE = "OPENAI_API_KEY"
_FORMATS: tuple[str, ...] = get_args(DataFormat) + get_args(ModelFormat)
_POLL_SECONDS = 0.3


@click.command("export")
@click.argument("what", metavar="NAME|MODEL")
@click.option("--as", "kind", type=click.Choice(_FORMATS), required=True, help="The format.")
@click.option("--output", type=click.Path(path_type=Path), help="A new folder for the files.")
@takes_person
@takes_settings("home", "database_url")
@run_async
async def export_studio(what: str, kind: str, output: Path | None, person: str | None) -> None:
    """Write a project or a tuned model in the format of another program.

    openai, promptfoo, inspect, axolotl and llama-factory are formats of examples and tests; peft,
    gguf and merged are formats of tuned models. For a project, the newest model is exported.
    """
    folder = output or Path(f"{_file_name(what)}-{kind}")
    if folder.exists():
        raise BadInput(f"{folder} is there already; name another folder with --output.")
    async with connect_client(settings_given(), person=person) as client:
        with TemporaryFile() as archive:
            await client.studio.transfer.export(what, kind, archive)
            names, notes = await asyncio.to_thread(_unpack, archive, folder)
    click.echo(f"Wrote {', '.join(names)} to {folder}.")
    for note in notes:
        click.echo(f"  {strip_control(note)}")


@click.group("import")
def import_group() -> None:
    """Bring over what you have elsewhere."""


@import_group.command("openai")
@click.option("--key", envvar=KEY_VARIABLE, help=f"API key; better set {KEY_VARIABLE}.")
@click.option("--ask-key", is_flag=True, help="Type the API key without showing it.")
@click.option("--url", metavar="ADDRESS", help="Another API of this shape.")
@takes_person
@takes_settings("home", "database_url", "private_hosts")
@run_async
async def import_openai(
    key: str | None, ask_key: bool, url: str | None, person: str | None
) -> None:
    """Bring over files, fine-tuning jobs, evals, runs and results from OpenAI's API.

    Importing again goes on where it stopped, and adds nothing twice. Jobs become records, with
    their events and checkpoints: the weights of tuned models can't be read. The key isn't stored.
    """
    given = ask_password("Key") if ask_key else key
    if not given:
        raise BadInput(f"A key is needed: use --ask-key, or set {KEY_VARIABLE}.")
    async with connect_client(settings_given(), person=person) as client:
        begun = await client.studio.transfer.start_import(given, url)
        finished = await _follow_import(client, begun)
    _print_import(finished)
    if finished.state != "done":
        raise TauError(finished.sentence)


async def _follow_import(client: Client, shown: OpenAIImportOut) -> OpenAIImportOut:
    try:
        with console(stderr=True).status("Importing") as status:
            while shown.state == "running":
                await asyncio.sleep(_POLL_SECONDS)
                shown = await client.studio.transfer.find_import(shown.id)
                status.update(f"Importing: {_counts(shown)}")
    except asyncio.CancelledError:
        with suppress(TauError):  # it may be over by now
            await client.studio.transfer.stop_import(shown.id)
        raise
    return shown


def _unpack(archive: IO[bytes], folder: Path) -> tuple[list[str], list[str]]:
    """Write the files of an archive into a new folder; return their names and the notes."""
    notes: list[str] = []
    names: list[str] = []
    with zipfile.ZipFile(archive) as zipped:
        folder.mkdir(parents=True)
        for name in zipped.namelist():
            if name == NOTES:
                notes = zipped.read(name).decode().splitlines()
                continue
            names.append(name)
            with zipped.open(name) as packed, (folder / Path(name).name).open("wb") as file:
                shutil.copyfileobj(packed, file)
    return names, notes


def _file_name(what: str) -> str:
    """Return a name as the name of a folder."""
    return re.sub(r"[^\w.-]+", "-", what).strip("-.") or "export"


def _print_import(finished: OpenAIImportOut) -> None:
    known = f" {finished.known} were here already." if finished.known else ""
    click.echo(f"Imported {_counts(finished)}.{known}")
    for note in finished.notes:
        click.echo(f"  {strip_control(note)}")


def _counts(shown: OpenAIImportOut) -> str:
    return (
        f"{shown.files} files, {shown.jobs} jobs, {shown.evals} evals, {shown.runs} runs with "
        f"{shown.items} results"
    )
