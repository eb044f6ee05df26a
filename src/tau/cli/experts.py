"""`tau experts`: specialists that share one memory, what each may read, and skills of one's own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import click

from tau.cli.async_command import run_async
from tau.cli.confirmation import ask_confirmation
from tau.cli.connect import connect_client
from tau.cli.experts_setup import doctor_experts, setup_experts
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import console, print_rows, strip_control
from tau.errors import BadInput
from tau.experts.skills.library import read_folder
from tau.experts.skills.skill import read_skill
from tau.journal.entries import Topic
from tau.server.schemas.experts import ExpertOut

_ALL = "all"


@click.group()
def experts() -> None:
    """Specialists, what each may read, and their packages.

    Each reads only what its scope allows. What's said in reflective support (care) stays there.
    """


@experts.command("list")
@takes_settings("home")
@run_async
async def list_experts() -> None:
    """List the specialists and what each may read."""
    async with connect_client(settings_given()) as client:
        found = await client.experts.all()
    rows = [
        (each.name, _state(each), _topics(each.scope.topics), " ".join(each.scope.experts) or "-")
        for each in found
    ]
    print_rows(("name", "state", "reads about", "recalls"), rows)


@experts.command()
@click.argument("name")
@takes_settings("home")
@run_async
async def show(name: str) -> None:
    """Show a specialist: what it is, what it may read, and how it's to behave."""
    async with connect_client(settings_given()) as client:
        found = await client.experts.get(name)
    screen = console()
    screen.print(found.name, style="bold", markup=False)
    for label, text in _description(found):
        if text:
            screen.print(f"{label}: {strip_control(text)}", markup=False)
    for warning in found.warnings:
        screen.print(f"Look closely: {strip_control(warning)}", style="bold", markup=False)
    if found.body:
        screen.print(f"\n{strip_control(found.body)}", markup=False)
    if found.own and not found.approved and not found.problem:
        click.echo(f"\nIt isn't used yet. To approve it: tau experts approve {name}", err=True)


@experts.command()
@click.argument("name")
@click.option("--read", "topics", multiple=True, help="Topics it may read about, or all or none.")
@click.option("--recall", "recalled", multiple=True, help="Whose conversations it may recall.")
@click.option("--learn/--no-learn", "learns", default=None, help="Whether facts are learned.")
@click.option("--on/--off", "enabled", default=None, help="Whether it's used.")
@takes_settings("home")
@run_async
async def scope(
    name: str,
    topics: tuple[str, ...],
    recalled: tuple[str, ...],
    learns: bool | None,
    enabled: bool | None,
) -> None:
    """Show or change what a specialist may read and learn.

    Repeat --read and --recall for several; none means nothing at all. Specialists are talk, writing
    and sketch, and skills of your own; nobody else recalls care.
    """
    changes: dict[str, Any] = {}
    if topics:
        changes["topics"] = _topics_given(topics)
    if recalled:
        changes["experts"] = [] if recalled == ("none",) else list(recalled)
    changes |= {} if learns is None else {"learns": learns}
    changes |= {} if enabled is None else {"enabled": enabled}
    async with connect_client(settings_given()) as client:
        if changes:
            found = await client.experts.change_scope(name, **changes)
        else:
            found = await client.experts.get(name)
    for label, text in _scope_lines(found):
        click.echo(f"{label}: {text}")


@experts.command()
@click.argument(
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False, resolve_path=True),
)
@takes_settings("home")
@run_async
async def add(folder: Path) -> None:
    """Add a skill of your own: a folder with a SKILL.md (agentskills.io).

    Only its text is kept; scripts in it are never run. It isn't used until it's approved.
    """
    name = folder.name
    files = read_folder(folder)
    read_skill(files, name, own=True)  # raises before anything is sent
    texts = {path: content.decode() for path, content in files.items()}
    async with connect_client(settings_given()) as client:
        added = await client.experts.add(name, texts)
    for warning in added.warnings:
        click.echo(f"Look closely: {strip_control(warning)}", err=True)
    click.echo(f"Added {name}. Read it with tau experts show {name}, then approve it.")


@experts.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option("--withdraw", is_flag=True, help="Take the approval back.")
@takes_settings("home")
@run_async
async def approve(name: str, yes: bool, withdraw: bool) -> None:
    """Approve a skill of your own, as it is now, or take the approval back."""
    async with connect_client(settings_given()) as client:
        found = await client.experts.get(name)
        if not withdraw and not yes:
            click.echo(strip_control(found.body))
            for warning in found.warnings:
                click.echo(f"Look closely: {strip_control(warning)}", err=True)
            _require_yes(f"Let {name} reply to you, and read what its scope allows?")
        await client.experts.approve(name, found.digest, approved=not withdraw)
    click.echo(f"{name} isn't used any more." if withdraw else f"{name} is approved.")


@experts.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Don't ask.")
@takes_settings("home")
@run_async
async def remove(name: str, yes: bool) -> None:
    """Delete a skill of your own from this Tau."""
    if not yes:
        _require_yes(f"Delete the skill {name}?")
    async with connect_client(settings_given()) as client:
        await client.experts.remove(name)
    click.echo(f"Deleted {name}.")


def _require_yes(question: str) -> None:
    """Raise `Abort` unless the person says yes."""
    if not ask_confirmation(question):
        raise click.Abort


def _state(expert: ExpertOut) -> str:
    if expert.problem:
        return "broken"
    if not expert.approved:
        return "waits"
    return "on" if expert.scope.enabled else "off"


def _topics(topics: Sequence[str] | None) -> str:
    return _ALL if topics is None else " ".join(topics) or "-"


def _topics_given(topics: tuple[str, ...]) -> list[str] | None:
    if topics in ((_ALL,), ("none",)):
        return None if topics == (_ALL,) else []
    if unknown := sorted(set(topics) - set(get_args(Topic))):
        known = ", ".join(get_args(Topic))
        raise BadInput(f"There is no topic {strip_control(unknown[0])}. Topics are {known}.")
    return list(topics)


def _description(expert: ExpertOut) -> list[tuple[str, str]]:
    return [
        ("What it is", expert.description),
        ("Problem", expert.problem),
        ("State", _state(expert)),
        *_scope_lines(expert),
        ("Makes", expert.artifact or ""),
        ("License", expert.license),
        ("Needs", expert.compatibility),
        ("Files", " ".join(expert.files) if expert.own else ""),
        ("Made last", ", ".join(each.title or each.type for each in expert.artifacts)),
    ]


def _scope_lines(expert: ExpertOut) -> list[tuple[str, str]]:
    scope = expert.scope
    return [
        ("Reads about", _topics(scope.topics)),
        ("Recalls", " ".join(scope.experts) or "-"),
        ("Learns", "yes" if scope.learns else "no"),
    ]


for _command in (setup_experts, doctor_experts):
    experts.add_command(_command)
