"""`tau memory`: what is known of you, where it comes from, and your word on it."""

import sys
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, get_args

import click

from tau.cli import confirmation
from tau.cli.async_command import asynchronous
from tau.cli.connect import connected
from tau.cli.formatting import brought_line, counted, day, going_lines, product, said_by
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import (
    console,
    moment,
    one_line,
    one_line_of,
    print_indented,
    print_rows,
)
from tau.client.client import Client, Fact, Forgotten, Refused
from tau.errors import BadInput, NotFound
from tau.journal.entries import Topic

_SHORTEST = 4
"""Characters of an identifier that are shown at least."""
_STATES = ("current", "past", "waiting", "rejected", "all")
_HOUR_SECONDS = 3_600.0
_NAMED = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
"""For commands that take ids: some begin with a dash, and are no options."""


@click.group()
def memory() -> None:
    """See what is known of you, set it right, forget it.

    A FACT is named by the beginning of its id, as `tau memory list` shows it.
    """


@memory.command("list")
@click.option("--state", type=click.Choice(_STATES), default="current", show_default=True)
@click.option("--topic", type=click.Choice(get_args(Topic)), help="Only of one kind.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@takes_settings("home")
@asynchronous
async def list_them(state: str, topic: str | None, limit: int | None) -> None:
    """List what is known, what was said last first."""
    async with connected(settings_given()) as client:
        facts = await client.facts(state=state, topic=topic or "", limit=limit)
        ids = _short(await _everything(client))
        learning = await client.learning()
    rows = [
        (ids[one.id], day(one.last_said_on), one.topic, *_state(one, state), one.text)
        for one in facts
    ]
    heads = ("id", "said", "kind", *(("state",) if state == "all" else ()), "what")
    if rows:
        print_rows(heads, rows)
    else:
        click.echo("Nothing is known yet." if state == "current" else "There is nothing.", err=True)
    if learning.waiting and state == "current":
        count = learning.waiting
        click.echo(f"{count} wait for your word: tau memory list --state waiting", err=True)
    if learning.paused:
        click.echo("Learning is paused; tau memory resume goes on.", err=True)


@memory.command(context_settings=_NAMED)
@click.argument("fact")
@takes_settings("home")
@asynchronous
async def show(fact: str) -> None:
    """Show a memory with its history and the messages that say so."""
    async with connected(settings_given()) as client:
        known = await client.fact((await _found(client, [fact]))[0].id)
    screen = console()
    one = known.fact
    screen.print(one_line_of(one.text), style="bold", markup=False)
    screen.print(f"{one.topic} · {one.state} · {said_by(one)}", style="dim", markup=False)
    for name, at in (("since", one.valid_from), ("until", one.valid_to), ("due", one.due)):
        if at is not None:
            screen.print(f"{name} {day(at)}", style="dim", markup=False)
    if len(known.history) > 1:
        screen.print("\nHistory", style="dim")
        for each in known.history:
            mark = "›" if each.id == one.id else " "
            screen.print(f"{mark} {day(each.said_on)}  {one_line_of(each.text)}", markup=False)
    screen.print("\nSaid in" if known.sources else "\nNo message says so.", style="dim")
    for source in known.sources:
        screen.print(f"{moment(source.at)}  {source.message}", style="dim", markup=False)
        print_indented(screen, one_line(source.text, 500))


@memory.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@takes_settings("home")
@asynchronous
async def search(words: tuple[str, ...], limit: int) -> None:
    """Find what is known and what was said, each with its date, its source and the reason."""
    query = " ".join(words)
    async with connected(settings_given()) as client:
        facts = await client.facts(query=query, limit=limit)
        ids = _short(await _everything(client))
        passages = await client.search(query, limit=limit)
    screen = console()
    for fact in facts:
        screen.print(f"{ids[fact.id]} · known · {said_by(fact)}", style="dim", markup=False)
        print_indented(screen, one_line(fact.text, 500))
    for passage in passages:
        message = passage.message
        who = message.speaker or ("you" if message.by == "person" else "Tau")
        why = ", ".join(passage.reasons)
        screen.print(
            f"{message.id} · {who} · {moment(message.at)} · {why}", style="dim", markup=False
        )
        print_indented(screen, one_line(message.text, 500))
    if not facts and not passages:
        click.echo("Nothing like that is known, and nothing like that was said.", err=True)


@memory.command(context_settings=_NAMED)
@click.argument("fact")
@click.argument("right", nargs=-1, required=True)
@takes_settings("home")
@asynchronous
async def correct(fact: str, right: tuple[str, ...]) -> None:
    """Say what is right in the place of a memory."""
    if not " ".join(right).strip():
        raise BadInput("Say what is right.")
    async with connected(settings_given()) as client:
        (wrong,) = await _found(client, [fact])
        now = await client.correct(wrong, " ".join(right))
        ids = _short(await _everything(client))
    click.echo(f"{ids[now.id]}  {one_line_of(now.text)}")
    click.echo(f"It was: {one_line_of(wrong.text)}; tau memory undo {ids[now.id]}", err=True)


@memory.command(context_settings=_NAMED)
@click.argument("facts", nargs=-1, required=True)
@takes_settings("home")
@asynchronous
async def confirm(facts: tuple[str, ...]) -> None:
    """Say that memories are right."""
    async with connected(settings_given()) as client:
        for fact in await _found(client, facts):
            click.echo(f"Confirmed: {one_line_of((await client.confirm(fact)).text)}")


@memory.command(context_settings=_NAMED)
@click.argument("facts", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that wait.")
@takes_settings("home")
@asynchronous
async def approve(facts: tuple[str, ...], everything: bool) -> None:
    """Let memories that wait count, all in one step."""
    await _judge("approve", facts, "Counts now", everything=everything)


@memory.command(context_settings=_NAMED)
@click.argument("facts", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that wait.")
@takes_settings("home")
@asynchronous
async def reject(facts: tuple[str, ...], everything: bool) -> None:
    """Say that memories are wrong, without a better version."""
    await _judge("reject", facts, "Not believed", everything=everything)


@memory.command(context_settings=_NAMED)
@click.argument("fact")
@takes_settings("home")
@asynchronous
async def undo(fact: str) -> None:
    """Take back the last thing you did to a memory."""
    async with connected(settings_given()) as client:
        back = await client.undo((await _found(client, [fact]))[0].id)
    click.echo(f"As before: {one_line_of(back.text)}" if back else "It is known no more.")


@memory.command()
@click.argument("words", nargs=-1, required=True)
@takes_settings("home")
@asynchronous
async def tell(words: tuple[str, ...]) -> None:
    """Tell memory something directly."""
    async with connected(settings_given()) as client:
        told = await client.tell(" ".join(words))
        ids = _short(await _everything(client))
    for fact in told:
        click.echo(f"{ids[fact.id]}  {fact.topic}  {one_line_of(fact.text)}")


@memory.command()
@takes_settings("home")
@asynchronous
async def portrait() -> None:
    """Print what stands first in every prompt."""
    async with connected(settings_given()) as client:
        lines = await client.portrait()
    for line in lines:
        console().print(one_line_of(line.text), markup=False)
    if not lines:
        click.echo("There is no portrait yet: nothing is known.", err=True)


@memory.command()
@takes_settings("home")
@asynchronous
async def pause() -> None:
    """Learn nothing until `tau memory resume`; what is said meanwhile is never learned from."""
    async with connected(settings_given()) as client:
        await client.learning(paused=True)
    click.echo("Learning is paused. Messages are still kept and found.")


@memory.command()
@takes_settings("home")
@asynchronous
async def resume() -> None:
    """Learn again from what is said from now on."""
    async with connected(settings_given()) as client:
        await client.learning(paused=False)
    click.echo("Learning goes on, from what is said from now on.")


@memory.command()
@takes_settings("home")
@asynchronous
async def imports() -> None:
    """List what you brought from elsewhere; `tau memory forget --import ID` takes it back."""
    async with connected(settings_given()) as client:
        brought = [one for one in await client.imports() if not one.dry_run]
    rows = [
        (one.id, day(one.at), product(one.origin), brought_line(one))
        for one in brought
        if one.messages or one.facts or one.state == "running"
    ]
    if rows:
        print_rows(("id", "on", "from", "what"), rows)
    else:
        click.echo("Nothing was brought yet.", err=True)


@memory.command(context_settings=_NAMED)
@click.argument("items", nargs=-1, metavar="[FACT|MESSAGE]...")
@click.option("--last-hour", is_flag=True, help="Everything of the last sixty minutes.")
@click.option("--since", metavar="WHEN", help="Everything since then: 2026-05-31, or with a time.")
@click.option("--until", metavar="WHEN", help="Only up to then.")
@click.option("--conversation", metavar="ID", help="A conversation, name and all.")
@click.option("--import", "import_id", metavar="ID", help="Everything that an import brought.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@takes_settings("home")
@asynchronous
async def forget(items: tuple[str, ...], yes: bool, **given: Any) -> None:
    """Forget for good: memories, messages, a time, a conversation or an import.

    What goes is shown first: also what repeats it, such as replies and titles.
    """
    async with connected(settings_given()) as client:
        what = await _named(client, items, given)
        goes = await client.forget(dry_run=True, **what)
        screen = console()
        for line in going_lines(goes, screen.width):
            screen.print(line, markup=False, soft_wrap=True)
        if not _any(goes):
            raise NotFound("There is nothing to forget.")
        if not yes and not _agreed():
            click.echo("Nothing was forgotten.", err=True)
            return
        click.echo(f"Forgotten: {counted(await client.forget(**what))}.")


async def _judge(
    verdict: Literal["approve", "reject"], names: Sequence[str], told: str, *, everything: bool
) -> None:
    if bool(names) == everything:
        raise BadInput("Name the memories, or give --all for all that wait.")
    async with connected(settings_given()) as client:
        chosen = await (client.facts(state="waiting") if everything else _found(client, names))
        if not chosen:
            click.echo("Nothing waits.", err=True)
            return
        for fact in await client.judge(verdict, [one.id for one in chosen]):
            click.echo(f"{told}: {one_line_of(fact.text)}")


async def _named(client: Client, items: Sequence[str], given: dict[str, Any]) -> dict[str, Any]:
    """Return what is to be forgotten, as the API takes it. Raises `BadInput`, `NotFound`."""
    since, until = _when(given["since"]), _when(given["until"])
    if given["last_hour"]:
        since = time.time() - _HOUR_SECONDS
    asked = bool(items) + bool(given["conversation"]) + bool(given["import_id"])
    asked += since is not None
    if asked != 1 or (given["last_hour"] and (given["since"] or until is not None)):
        raise BadInput(
            "Say one thing to forget: memories or messages, --last-hour, --since, "
            "--conversation or --import."
        )
    if until is not None and since is None:
        raise BadInput("--until needs --since.")
    if items:
        return await _items(client, items)
    named = {"since": since, "until": until} if since is not None else {}
    named |= {name: given[name] for name in ("conversation", "import_id") if given[name]}
    return {name: value for name, value in named.items() if value is not None}


async def _items(client: Client, items: Sequence[str]) -> dict[str, Any]:
    """Return the facts or the messages of these names; not both at once."""
    messages = [item for item in items if await _is_message(client, item)]
    if not messages:
        return {"facts": [fact.id for fact in await _found(client, items)]}
    if len(messages) < len(items):
        raise BadInput("Forget memories and messages one after the other, not in one go.")
    return {"messages": messages}


async def _is_message(client: Client, name: str) -> bool:
    try:
        await client.message(name)
    except Refused as error:
        if error.status != 404:
            raise
        return False
    return True


async def _everything(client: Client) -> list[Fact]:
    return await client.facts(state="all")


async def _found(client: Client, names: Sequence[str]) -> list[Fact]:
    """Return the facts whose ids begin so. Raises `NotFound`, or `BadInput` if that is unclear."""
    everything = await _everything(client)
    found: list[Fact] = []
    for name in names:
        fitting = [one for one in everything if one.id.startswith(name)]
        fitting = [one for one in fitting if one.id == name] or fitting
        if not fitting:
            raise NotFound(f"There is no memory {name}; tau memory list --state all lists them.")
        if len(fitting) > 1:
            ids = ", ".join(sorted(one.id for one in fitting)[:5])
            raise BadInput(f"More than one memory begins with {name}: {ids}.")
        found += fitting
    return found


def _short(facts: Sequence[Fact]) -> dict[str, str]:
    """Return for each id its beginning that no other of them shares."""
    ids = sorted(fact.id for fact in facts)
    short: dict[str, str] = {}
    for place, name in enumerate(ids):
        others = ids[max(0, place - 1) : place] + ids[place + 1 : place + 2]
        length = _SHORTEST
        while length < len(name) and any(other.startswith(name[:length]) for other in others):
            length += 1
        short[name] = name[:length]
    return short


def _state(fact: Fact, state: str) -> tuple[str, ...]:
    return (fact.state,) if state == "all" else ()


def _when(text: str | None) -> float | None:
    """Return a date or a date-time of this machine's zone as seconds. Raises `BadInput`."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        raise BadInput(f"{text!r} is no date; write 2026-05-31 or 2026-05-31T09:30.") from None


def _any(goes: Forgotten) -> bool:
    return any((goes.messages, goes.replies, goes.facts, goes.titles, goes.conversations))


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise BadInput("Nothing was forgotten: add --yes where nobody can answer.")
    return confirmation.agreed("Forget it?")
