"""`tau write style`: the rules of how you write, and those that your documents suggest."""

import asyncio
import sys
from pathlib import Path

import click

from tau.cli.async_command import run_async
from tau.cli.confirmation import interruptible
from tau.cli.connect import connect_client
from tau.cli.document_reading import open_document
from tau.cli.formatting import format_date
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import print_rows, single_line
from tau.client.writing import WritingClient
from tau.errors import BadInput
from tau.server.schemas.writing_style import StyleRuleOut, StyleSampleOut

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@click.pass_context
@takes_settings("home")
@run_async
async def style(context: click.Context) -> None:
    """List the rules of how you write, with where each comes from and the day.

    \b
      tau write style add "We write e-mail with a hyphen"
      tau write style sample a.docx b.docx c.md
    """  # noqa: D301 - click needs the character, not its escape
    if context.invoked_subcommand is not None:
        return
    async with connect_client(settings_given()) as client:
        found = await client.writing.style()
    if found.rules:
        rows = [
            (str(number), single_line(one.text), _source(one), format_date(one.said_on))
            for number, one in enumerate(found.rules, start=1)
        ]
        print_rows(("number", "rule", "from", "day"), rows)
    else:
        click.echo("Nothing yet. Add a rule, or sample three of your documents.")
    _print_waiting(found.waiting)


@style.command()
@click.argument("rule")
@takes_settings("home")
@run_async
async def add(rule: str) -> None:
    """Add a rule in words, in English or Chinese."""
    async with connect_client(settings_given()) as client:
        found = await client.writing.add_style(rule)
    click.echo(f"Added: {single_line(found.rules[0].text)}")


@style.command()
@click.argument("number", type=click.IntRange(min=1))
@takes_settings("home")
@run_async
async def remove(number: int) -> None:
    """Stop applying a rule, by its number in the list; tau memory can undo that."""
    async with connect_client(settings_given()) as client:
        rules = (await client.writing.style()).rules
        if number > len(rules):
            raise BadInput("There is no rule of that number.")
        await client.writing.remove_style(rules[number - 1].fact)
    click.echo(f"Removed: {single_line(rules[number - 1].text)}")


@style.command()
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Approve everything that is found.")
@takes_settings("home")
@run_async
async def sample(files: tuple[Path, ...], yes: bool) -> None:
    """Find what three or more documents agree on, and approve it rule by rule.

    Nothing is applied before you approve it.
    """
    texts = await asyncio.to_thread(_texts, files)
    async with connect_client(settings_given()) as client:
        found = await client.writing.sample_style(texts)
        _print_waiting(found.waiting)
        if found.waiting and (yes or sys.stdin.isatty()):
            await _ask(client.writing, found.waiting, yes=yes)
    if not found.waiting:
        click.echo("These documents agree on nothing that isn't known yet.")


@style.command()
@click.argument("numbers", type=click.IntRange(min=1), nargs=-1)
@takes_settings("home")
@run_async
async def approve(numbers: tuple[int, ...]) -> None:
    """Approve what your documents suggest: all of it, or by number."""
    await _decide(numbers, accepted=True)


@style.command()
@click.argument("numbers", type=click.IntRange(min=1), nargs=-1)
@takes_settings("home")
@run_async
async def reject(numbers: tuple[int, ...]) -> None:
    """Reject what your documents suggest: all of it, or by number."""
    await _decide(numbers, accepted=False)


async def _decide(numbers: tuple[int, ...], *, accepted: bool) -> None:
    async with connect_client(settings_given()) as client:
        waiting = (await client.writing.style()).waiting
        if not waiting or max(numbers, default=0) > len(waiting):
            raise BadInput("There is nothing of that number that waits.")
        features = [waiting[number - 1].feature for number in numbers]
        await client.writing.decide_style(features, accepted=accepted)
    click.echo(f"{'Approved' if accepted else 'Rejected'}: {len(numbers) or len(waiting)}")


async def _ask(client: WritingClient, waiting: list[StyleSampleOut], *, yes: bool) -> None:
    """Ask about each rule, and approve or reject it."""
    for one in waiting:
        with interruptible():
            wanted = yes or click.confirm(f"Apply “{single_line(one.statement)}”?", default=True)
        await client.decide_style([one.feature], accepted=wanted)


def _texts(files: tuple[Path, ...]) -> dict[str, str]:
    texts = {file.name: open_document(file).document.text for file in files}
    if len(texts) < len(files):
        raise BadInput("Give documents whose names differ.")
    return texts


def _print_waiting(waiting: list[StyleSampleOut]) -> None:
    if not waiting:
        return
    click.echo("Found in your documents; nothing is applied before you approve it:")
    for number, one in enumerate(waiting, start=1):
        count = f"{len(one.documents)} of {one.shown} documents"
        click.echo(f"{number}. {single_line(one.statement)} ({count})")
        for each in one.quotations:
            click.echo(f"   {single_line(each.document)}: {single_line(each.words)}")


def _source(rule: StyleRuleOut) -> str:
    source = f"{len(rule.messages)} messages" if len(rule.messages) > 1 else "a message"
    if not rule.messages:
        source = "you"
    if rule.documents:
        source = ", ".join(map(single_line, rule.documents))
    return source if rule.applies else f"{source}; a newer rule counts"
