"""`tau studio render`, `collect` and `vllm`: training and serving on other machines."""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Any, get_args

import click

from tau.cli.async_command import run_async
from tau.cli.connect import connect_client
from tau.cli.options import settings_given, takes_person, takes_settings
from tau.errors import BadInput
from tau.models.http import AddressGuard, GuardedClient
from tau.models.remote import RemoteModel
from tau.models.types import ModelInfo
from tau.server.schemas.placed_runs import CollectedRunOut
from tau.settings import Settings
from tau.studio.places.place import PlaceKind
from tau.studio.places.run_archive import pack_collected, read_mark, unpack_run
from tau.studio.places.vllm import (
    VLLM_MANIFEST,
    VLLM_SCRIPT,
    decode_vllm,
    render_vllm_manifest,
    render_vllm_script,
)
from tau.studio.places.vllm_server import VllmServer
from tau.studio.serving.parity import measure_parity, read_reference
from tau.studio.serving.token_answers import EndpointTokens
from tau.studio.tuning.run_folder import PARITY, RunFolder

_KEY_BYTES = 32
_EXIT_FAILED = 1
_EXIT_UNEQUAL = 2
_key_file = click.option(
    "--key-file", type=click.Path(dir_okay=False, path_type=Path), help="The folder's key."
)
_folder = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("name")
@click.option("--for", "kind", type=click.Choice(get_args(PlaceKind)), required=True)
@click.option(
    "--settings",
    "place",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The place, as TOML.",
)
@click.option("--output", type=_folder, required=True, help="The folder to write.")
@_key_file
@click.option("--base", default="", metavar="MODEL", help="The model to train further.")
@click.option("--epochs", type=click.IntRange(1, 50), help="Passes over the examples.")
@click.option("--suffix", default="", metavar="WORD", help="A part of the model's name.")
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True)
@takes_person
@takes_settings("home", "database_url")
@run_async
async def render(
    name: str, place: Path, output: Path, key_file: Path | None, person: str | None, **asked: Any
) -> None:
    """Write a folder that trains a model on project NAME elsewhere.

    The README.md in it says how to start it. With --key-file, the data in it is encrypted with the
    key in that file, which is made if it isn't there; without, it's plain text.
    """
    _require_outside(key_file, output)
    described = await asyncio.to_thread(_read, place)
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        given = {key: value for key, value in asked.items() if value is not None}
        archive = await client.placed_runs.render(
            project.id, place=described.decode(), sealed=key_file is not None, **given
        )
    key = await asyncio.to_thread(_key_in, key_file, create=True)
    mark = await asyncio.to_thread(unpack_run, archive, output, key)
    click.echo(f"Wrote {output} for {mark.kind}; its README.md says how to start it.")
    if key_file is None:
        click.echo("The data in it isn't encrypted; --key-file FILE encrypts it.", err=True)


@click.command()
@click.argument("folder", type=_folder)
@_key_file
@takes_person
@takes_settings("home", "database_url")
@run_async
async def collect(folder: Path, key_file: Path | None, person: str | None) -> None:
    """Bring back a run that was trained elsewhere: how it went, and its models.

    FOLDER is the one that `tau studio render` wrote, copied back. Nothing in it is changed.
    """
    mark = await asyncio.to_thread(read_mark, folder)
    if mark.sealed and key_file is None:
        raise BadInput("The folder is encrypted: name the file with its key by --key-file.")
    key = await asyncio.to_thread(_key_in, key_file) if mark.sealed else None
    with tempfile.TemporaryFile() as archive:
        await asyncio.to_thread(pack_collected, RunFolder(folder, key), archive)
        async with connect_client(settings_given(), person=person) as client:
            run = await client.placed_runs.collect(mark.run, archive)
    _print_run(run)
    if run.status == "failed":
        click.get_current_context().exit(_EXIT_FAILED)


@click.group()
def vllm() -> None:
    """Serve tuned models by vLLM, on a machine with a GPU."""


@vllm.command("render")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--output", type=_folder, required=True, help="The folder to write to.")
def render_vllm(file: Path, output: Path) -> None:
    """Write a script and a Kubernetes manifest that serve the models in FILE, which is TOML."""
    place = decode_vllm(_read(file))
    output.mkdir(parents=True, exist_ok=True)
    (output / VLLM_SCRIPT).write_text(render_vllm_script(place), "utf-8")
    written = [VLLM_SCRIPT]
    if place.volume_claim:
        (output / VLLM_MANIFEST).write_text(render_vllm_manifest("tau-vllm", place), "utf-8")
        written.append(VLLM_MANIFEST)
    click.echo(f"Wrote {' and '.join(written)} to {output}.")


@vllm.command()
@click.argument("name", metavar="MODEL")
@click.argument("path")
@click.option("--url", required=True, help="The server's address, which ends in /v1.")
@click.option(
    "--endpoint-key-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file with the key that the server wants.",
)
@click.option("--run-folder", type=_folder, help="The run's folder: measure parity afterwards.")
@_key_file
@takes_settings("private_hosts")
@run_async
async def load(
    name: str,
    path: str,
    url: str,
    endpoint_key_file: Path | None,
    run_folder: Path | None,
    key_file: Path | None,
) -> None:
    """Load the adapter of MODEL, a PEFT folder at PATH of the server's, into a running vLLM.

    MODEL is the name of a tuned model. With --run-folder, the server is then measured against what
    the training program answered; the exit code is 2 if it answers differently.
    """
    settings = settings_given()
    secret = _read(endpoint_key_file).decode().strip() if endpoint_key_file else ""
    client = GuardedClient(AddressGuard(settings.private_hosts))
    try:
        await VllmServer(client, url, secret).load(name, path)
        click.echo(f"vLLM serves {name}.")
        if run_folder is not None:
            folder = RunFolder(run_folder, _key_in(key_file))
            await _measure(_remote(settings, client, url, secret, name), folder)
    finally:
        await client.close()


async def _measure(model: RemoteModel, folder: RunFolder) -> None:
    try:
        reference = read_reference(await asyncio.to_thread(folder.read, PARITY))
    except OSError as error:
        raise BadInput(f"There's no {PARITY} in that folder.") from error
    result = await measure_parity(EndpointTokens(model), reference)
    for name, figure in result.figures.items():
        click.echo(f"{name.replace('_', ' ')}: {figure:g}")
    if not result.passed:
        click.echo(result.sentence, err=True)
        click.get_current_context().exit(_EXIT_UNEQUAL)


def _remote(
    settings: Settings, client: GuardedClient, url: str, secret: str, model: str
) -> RemoteModel:
    info = ModelInfo(name=model, origin="endpoint", capabilities=frozenset({"chat"}))
    seconds = settings.model_timeout_seconds
    return RemoteModel(
        info, client, url=url, model=model, key=secret or None, timeout_seconds=seconds
    )


def _print_run(run: CollectedRunOut) -> None:
    if run.status == "paused":
        click.echo(f"Step {run.step} of {run.steps}. It can go on there, or here when resumed.")
    elif run.status == "failed":
        click.echo(f"The run failed: {run.sentence}", err=True)
    for model in run.models:
        scored = "" if model.score is None else f"   score {model.score:.2f}"
        click.echo(f"{model.name}{scored}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}") from error


def _require_outside(key_file: Path | None, output: Path) -> None:
    if key_file is not None and key_file.resolve().is_relative_to(output.resolve()):
        raise BadInput("Keep the key outside the folder that it encrypts.")


def _key_in(path: Path | None, *, create: bool = False) -> bytes | None:
    """Return the key in a file, in hexadecimal digits; `create` makes the file if it's missing."""
    if path is None:
        return None
    if create and not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(os.urandom(_KEY_BYTES).hex())
    try:
        key = bytes.fromhex(_read(path).decode())
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise BadInput(f"{path} doesn't hold a key: {2 * _KEY_BYTES} hexadecimal digits.")
    return key
