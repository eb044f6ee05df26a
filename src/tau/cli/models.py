"""`tau models`: download, connect and choose models."""

from typing import Any

import click

from tau.cli import confirmation
from tau.cli.alias_shares import parse_shares
from tau.cli.async_command import run_async
from tau.cli.connect import connect_client
from tau.cli.options import settings_given, takes_settings
from tau.cli.progress import progress_bar
from tau.cli.terminal import console, format_size, print_rows
from tau.client.client import Client
from tau.errors import TauError
from tau.server.schemas.models import ModelOut, RunningOut

CHAT, EMBED = "companion", "embedder"
KEY_VARIABLE = "TAU_ENDPOINT_KEY"


@click.group()
def models() -> None:
    """Download, connect and choose models."""


@models.command("list")
@takes_settings("home")
@run_async
async def list_them() -> None:
    """List models and aliases."""
    async with connect_client(settings_given()) as client:
        known = await client.models.all()
    roles: dict[str, list[str]] = {}
    for alias, names in known.aliases.items():
        for place, name in enumerate(names, 1):
            role = alias if len(names) == 1 else f"{alias} {place}"
            share = known.shares.get(alias, {}).get(name)
            roles.setdefault(name, []).append(f"{role} ({share} %)" if share else role)
    print_rows(
        ("name", "from", "does", "ready", "size", "role", "about"),
        [_row(model, ", ".join(roles.get(model.name, []))) for model in known.models],
    )
    for model in known.models:
        if model.running is not None:
            click.echo(f"Running: {model.name}, {_describe_running(model.running)}.", err=True)


@models.command()
@click.argument("names", nargs=-1)
@takes_settings("home", "models_folder")
@run_async
async def pull(names: tuple[str, ...]) -> None:
    """Download models; without NAMES, the missing built-in ones."""
    screen = console(stderr=True)
    async with connect_client(settings_given()) as client:
        for name in names or await _missing_models(client):
            with progress_bar(name, screen) as report:
                await client.models.pull(name, report)
            click.echo(f"{name} is ready.")


@models.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME[=PERCENT]...")
@click.option("--for", "alias", default=CHAT, show_default=True, metavar="ALIAS")
@takes_settings("home")
@run_async
async def use(names: tuple[str, ...], alias: str) -> None:
    """Choose the models behind an alias.

    The first one that is available answers. The aliases are companion (chats), embedder (searches
    by meaning) and learner (learns facts). NAME=10 answers 10 % of the callers, who keep it, and
    the first one without a percentage all others.
    """
    chosen, shares = parse_shares(names)
    async with connect_client(settings_given()) as client:
        await client.models.use(alias, chosen, shares)
    click.echo(f"{alias}: {', then '.join(names)}")


@models.command()
@click.argument("name")
@click.argument("url")
@click.argument("model_there", metavar="[MODEL]", required=False)
@click.option("--key", envvar=KEY_VARIABLE, help=f"API key; better set {KEY_VARIABLE}.")
@click.option("--ask-key", is_flag=True, help="Type the API key without showing it.")
@click.option("--context", type=click.IntRange(min=256), help="Context window, in tokens.")
@click.option(
    "--size",
    type=click.Choice(["small", "medium", "capable"]),
    help="Prompts for it: small below half a billion parameters, medium up to three.",
)
@click.option("--small", is_flag=True, help="Same as --size small.")
@click.option("--embeds", is_flag=True, help="An embedding model, not a chat model.")
@click.option("--vision", is_flag=True, help="It takes pictures, though its name doesn't say so.")
@click.option("--use", "use_it", is_flag=True, help="Use it from now on.")
@takes_settings("home")
@run_async
async def add(name: str, url: str, model_there: str | None, **given: Any) -> None:
    """Connect an OpenAI-compatible endpoint under a NAME you choose.

    MODEL is the endpoint's own name for the model (NAME if left out).

    \b
      tau models add opus https://host/v1 claude-opus --ask-key --use
      tau models add local http://127.0.0.1:8000/v1 --use
    """  # noqa: D301 - click needs the character, not its escape
    details: dict[str, Any] = {}
    key = confirmation.ask_password("Key") if given["ask_key"] else given["key"]
    if key:
        details["key"] = key
    if given["context"]:
        details["context_tokens"] = given["context"]
    if given["small"] or given["size"]:
        details["size"] = given["size"] or "small"
    if given["embeds"]:
        details["capabilities"] = ["embed"]
    elif given["vision"]:
        details["capabilities"] = ["chat", "vision"]
    async with connect_client(settings_given()) as client:
        await client.models.add(name, url, model_there or name, **details)
        click.echo(f"Added {name}; test it with `tau models check {name}`.")
        if given["use_it"]:
            await _make_default(client, EMBED if given["embeds"] else CHAT, name)


@models.command()
@click.argument("name")
@takes_settings("home")
@run_async
async def remove(name: str) -> None:
    """Remove an endpoint and its key."""
    async with connect_client(settings_given()) as client:
        await client.models.remove(name)
    click.echo(f"Removed {name}.")


@models.command()
@click.argument("names", nargs=-1)
@takes_settings("home")
@run_async
async def check(names: tuple[str, ...]) -> None:
    """Test models with one tiny request; without NAMES, those in use."""
    well = True
    async with connect_client(settings_given()) as client:
        for name in names or (CHAT, EMBED):
            result = await client.models.check(name)
            well = well and result.ok
            click.echo(f"{'✓' if result.ok else '✗'} {name}: {result.sentence}")
    if not well:
        raise TauError("Some models don't answer.")


@models.command()
@click.argument("name")
@click.argument("prompt", type=click.FloatRange(min=0), required=False)
@click.argument("completion", type=click.FloatRange(min=0), required=False)
@click.option("--cached", type=click.FloatRange(min=0), help="Of prompts that it still had.")
@takes_settings("home")
@run_async
async def price(
    name: str, prompt: float | None, completion: float | None, cached: float | None
) -> None:
    """Set what a million tokens of a model cost.

    \b
      tau models price opus 15 75 --cached 1.5

    Without prices, the model's cost is unknown again.
    """  # noqa: D301 - click needs the character, not its escape
    async with connect_client(settings_given()) as client:
        if prompt is None or completion is None:
            await client.models.usage.remove_price(name)
            click.echo(f"The cost of {name} is unknown.")
            return
        await client.models.usage.set_price(name, prompt, completion, cached)
    click.echo(f"{name}: {prompt:g} for a million tokens of prompts, {completion:g} of answers.")


@models.command()
@takes_settings("home")
@run_async
async def found() -> None:
    """Find models of Ollama, LM Studio, llama.cpp and vLLM here."""
    async with connect_client(settings_given()) as client:
        seen = await client.models.discover()
    if not seen:
        click.echo("No Ollama, LM Studio, llama.cpp or vLLM server is running here.", err=True)
        return
    print_rows(("name", "from", "does", "ready", "size", "role", "about"), map(_row, seen))
    click.echo(f"To use the first one: tau models use {seen[0].name}", err=True)


async def _missing_models(client: Client) -> list[str]:
    known = await client.models.all()
    wanted = {name for names in known.aliases.values() for name in names}
    return [
        model.name
        for model in known.models
        if model.origin == "pack" and not model.ready and model.name in wanted
    ]


async def _make_default(client: Client, alias: str, name: str) -> None:
    behind = (await client.models.all()).aliases.get(alias, [])
    names = [name, *(other for other in behind if other != name)]
    await client.models.use(alias, names)
    click.echo(f"{alias}: {', then '.join(names)}")


def _describe_running(running: RunningOut) -> str:
    parts = [f"{running.threads} thread{'' if running.threads == 1 else 's'}"]
    if running.memory_bytes is not None:
        parts.append(f"{format_size(running.memory_bytes)} of memory")
    if running.tokens_per_second is not None:
        parts.append(f"{running.tokens_per_second:.0f} tokens a second")
    return ", ".join(parts)


def _row(model: ModelOut, role: str = "") -> tuple[str, ...]:
    weight = format_size(model.bytes) if model.bytes else ""
    ready = "yes" if model.ready else "no"
    does = ", ".join(model.capabilities)
    return model.name, model.origin, does, ready, weight, role, model.about
