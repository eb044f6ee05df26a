"""`tau memory`: what is known of you, where it comes from, and your word on it."""

import sys
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, get_args

import click

from tau.cli import confirmation
from tau.cli.async_command import run_async
from tau.cli.connect import connect_client
from tau.cli.formatting import (
    describe_source,
    forget_preview_lines,
    forget_summary,
    format_date,
    import_summary,
    product_name,
)
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import (
    console,
    format_time,
    print_indented,
    print_rows,
    shorten,
    single_line,
)
from tau.client.client import Client
from tau.client.http import ApiError
from tau.errors import BadInput, NotFound
from tau.journal.entries import Topic
from tau.server.schemas.facts import FactOut
from tau.server.schemas.forgetting import ForgetOut

_MIN_ID_LENGTH = 4
"""Characters of an identifier that are shown at least."""
_STATES = ("current", "past", "waiting", "rejected", "all")
_HOUR_SECONDS = 3_600.0
_ID_CONTEXT = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
"""For commands that take ids: some begin with a dash, and are no options."""


@click.group()
def memory() -> None:
    """See, correct and forget what Tau knows about you.

    FACT is the beginning of an id, as shown by `tau memory list`.
    """


@memory.command("list")
@click.option("--state", type=click.Choice(_STATES), default="current", show_default=True)
@click.option("--topic", type=click.Choice(get_args(Topic)), help="Only of one kind.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@takes_settings("home")
@run_async
async def list_them(state: str, topic: str | None, limit: int | None) -> None:
    """List what is known, what was said last first."""
    async with connect_client(settings_given()) as client:
        facts = await client.memory.facts(state=state, topic=topic or "", limit=limit)
        ids = _short_ids(await _all_facts(client))
        learning = await client.memory.learning()
    rows = [
        (
            ids[one.id],
            format_date(one.last_said_on),
            one.topic,
            *_state_column(one, state),
            one.text,
        )
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


@memory.command(context_settings=_ID_CONTEXT)
@click.argument("fact")
@takes_settings("home")
@run_async
async def show(fact: str) -> None:
    """Show a memory with its history and the messages that say so."""
    async with connect_client(settings_given()) as client:
        known = await client.memory.fact((await _find_facts(client, [fact]))[0].id)
    screen = console()
    one = known.fact
    screen.print(single_line(one.text), style="bold", markup=False)
    screen.print(f"{one.topic} · {one.state} · {describe_source(one)}", style="dim", markup=False)
    for name, at in (("since", one.valid_from), ("until", one.valid_to), ("due", one.due)):
        if at is not None:
            screen.print(f"{name} {format_date(at)}", style="dim", markup=False)
    if len(known.history) > 1:
        screen.print("\nHistory", style="dim")
        for each in known.history:
            mark = "›" if each.id == one.id else " "
            screen.print(
                f"{mark} {format_date(each.said_on)}  {single_line(each.text)}", markup=False
            )
    screen.print("\nSaid in" if known.sources else "\nNo message says so.", style="dim")
    for source in known.sources:
        screen.print(f"{format_time(source.at)}  {source.message}", style="dim", markup=False)
        print_indented(screen, shorten(source.text, 500))


@memory.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@takes_settings("home")
@run_async
async def search(words: tuple[str, ...], limit: int) -> None:
    """Find what is known and what was said, each with its date, its source and the reason."""
    query = " ".join(words)
    async with connect_client(settings_given()) as client:
        facts = await client.memory.facts(query=query, limit=limit)
        ids = _short_ids(await _all_facts(client))
        passages = await client.memory.search(query, limit=limit)
    screen = console()
    for fact in facts:
        screen.print(f"{ids[fact.id]} · known · {describe_source(fact)}", style="dim", markup=False)
        print_indented(screen, shorten(fact.text, 500))
    for passage in passages:
        message = passage.message
        who = message.speaker or ("you" if message.by == "person" else "Tau")
        why = ", ".join(passage.reasons)
        screen.print(
            f"{message.id} · {who} · {format_time(message.at)} · {why}", style="dim", markup=False
        )
        print_indented(screen, shorten(message.text, 500))
    if not facts and not passages:
        click.echo("Nothing like that is known, and nothing like that was said.", err=True)


@memory.command(context_settings=_ID_CONTEXT)
@click.argument("fact")
@click.argument("right", nargs=-1, required=True)
@takes_settings("home")
@run_async
async def correct(fact: str, right: tuple[str, ...]) -> None:
    """Say what is right in the place of a memory."""
    if not " ".join(right).strip():
        raise BadInput("Say what is right.")
    async with connect_client(settings_given()) as client:
        (wrong,) = await _find_facts(client, [fact])
        now = await client.memory.correct(wrong, " ".join(right))
        ids = _short_ids(await _all_facts(client))
    click.echo(f"{ids[now.id]}  {single_line(now.text)}")
    click.echo(f"It was: {single_line(wrong.text)}; tau memory undo {ids[now.id]}", err=True)


@memory.command(context_settings=_ID_CONTEXT)
@click.argument("facts", nargs=-1, required=True)
@takes_settings("home")
@run_async
async def confirm(facts: tuple[str, ...]) -> None:
    """Say that memories are right."""
    async with connect_client(settings_given()) as client:
        for fact in await _find_facts(client, facts):
            click.echo(f"Confirmed: {single_line((await client.memory.confirm(fact)).text)}")


@memory.command(context_settings=_ID_CONTEXT)
@click.argument("facts", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that wait.")
@takes_settings("home")
@run_async
async def approve(facts: tuple[str, ...], everything: bool) -> None:
    """Let memories that wait count, all in one step."""
    await _judge("approve", facts, "Counts now", everything=everything)


@memory.command(context_settings=_ID_CONTEXT)
@click.argument("facts", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that wait.")
@takes_settings("home")
@run_async
async def reject(facts: tuple[str, ...], everything: bool) -> None:
    """Say that memories are wrong, without a better version."""
    await _judge("reject", facts, "Not believed", everything=everything)


@memory.command(context_settings=_ID_CONTEXT)
@click.argument("fact")
@takes_settings("home")
@run_async
async def undo(fact: str) -> None:
    """Take back the last thing you did to a memory."""
    async with connect_client(settings_given()) as client:
        back = await client.memory.undo((await _find_facts(client, [fact]))[0].id)
    click.echo(f"As before: {single_line(back.text)}" if back else "It is known no more.")


@memory.command()
@click.argument("words", nargs=-1, required=True)
@takes_settings("home")
@run_async
async def tell(words: tuple[str, ...]) -> None:
    """Tell memory something directly."""
    async with connect_client(settings_given()) as client:
        told = await client.memory.add_fact(" ".join(words))
        ids = _short_ids(await _all_facts(client))
    for fact in told:
        click.echo(f"{ids[fact.id]}  {fact.topic}  {single_line(fact.text)}")


@memory.command()
@takes_settings("home")
@run_async
async def portrait() -> None:
    """Print what stands first in every prompt."""
    async with connect_client(settings_given()) as client:
        lines = await client.memory.profile()
    for line in lines:
        console().print(single_line(line.text), markup=False)
    if not lines:
        click.echo("There is no portrait yet: nothing is known.", err=True)


@memory.command()
@takes_settings("home")
@run_async
async def pause() -> None:
    """Learn nothing until `tau memory resume`; what is said meanwhile is never learned from."""
    async with connect_client(settings_given()) as client:
        await client.memory.learning(paused=True)
    click.echo("Learning is paused. Messages are still kept and found.")


@memory.command()
@takes_settings("home")
@run_async
async def resume() -> None:
    """Learn again from what is said from now on."""
    async with connect_client(settings_given()) as client:
        await client.memory.learning(paused=False)
    click.echo("Learning goes on, from what is said from now on.")


@memory.command()
@takes_settings("home")
@run_async
async def imports() -> None:
    """List what you brought from elsewhere; `tau memory forget --import ID` takes it back."""
    async with connect_client(settings_given()) as client:
        brought = [one for one in await client.imports.all() if not one.dry_run]
    rows = [
        (one.id, format_date(one.at), product_name(one.origin), import_summary(one))
        for one in brought
        if one.messages or one.facts or one.state == "running"
    ]
    if rows:
        print_rows(("id", "on", "from", "what"), rows)
    else:
        click.echo("Nothing was brought yet.", err=True)


@memory.command(context_settings=_ID_CONTEXT)
@click.argument("items", nargs=-1, metavar="[FACT|MESSAGE]...")
@click.option("--last-hour", is_flag=True, help="Everything of the last sixty minutes.")
@click.option("--since", metavar="WHEN", help="Everything since then: 2026-05-31, or with a time.")
@click.option("--until", metavar="WHEN", help="Only up to then.")
@click.option("--conversation", metavar="ID", help="A conversation, name and all.")
@click.option("--import", "import_id", metavar="ID", help="Everything that an import brought.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@takes_settings("home")
@run_async
async def forget(items: tuple[str, ...], yes: bool, **given: Any) -> None:
    """Forget for good: memories, messages, a time, a conversation or an import.

    What goes is shown first: also what repeats it, such as replies and titles.
    """
    async with connect_client(settings_given()) as client:
        what = await _forget_target(client, items, given)
        goes = await client.memory.forget(dry_run=True, **what)
        screen = console()
        for line in forget_preview_lines(goes, screen.width):
            screen.print(line, markup=False, soft_wrap=True)
        if not _is_anything_forgotten(goes):
            raise NotFound("There is nothing to forget.")
        if not yes and not _confirm_forget():
            click.echo("Nothing was forgotten.", err=True)
            return
        click.echo(f"Forgotten: {forget_summary(await client.memory.forget(**what))}.")


async def _judge(
    verdict: Literal["approve", "reject"], names: Sequence[str], told: str, *, everything: bool
) -> None:
    if bool(names) == everything:
        raise BadInput("Name the memories, or give --all for all that wait.")
    async with connect_client(settings_given()) as client:
        chosen = await (
            client.memory.facts(state="waiting") if everything else _find_facts(client, names)
        )
        if not chosen:
            click.echo("Nothing waits.", err=True)
            return
        for fact in await client.memory.judge(verdict, [one.id for one in chosen]):
            click.echo(f"{told}: {single_line(fact.text)}")


async def _forget_target(
    client: Client, items: Sequence[str], given: dict[str, Any]
) -> dict[str, Any]:
    """Return what is to be forgotten, as the API takes it. Raises `BadInput`, `NotFound`."""
    since, until = _parse_time(given["since"]), _parse_time(given["until"])
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
        return await _split_items(client, items)
    named = {"since": since, "until": until} if since is not None else {}
    named |= {name: given[name] for name in ("conversation", "import_id") if given[name]}
    return {name: value for name, value in named.items() if value is not None}


async def _split_items(client: Client, items: Sequence[str]) -> dict[str, Any]:
    """Return the facts or the messages of these names; not both at once."""
    messages = [item for item in items if await _is_message(client, item)]
    if not messages:
        return {"facts": [fact.id for fact in await _find_facts(client, items)]}
    if len(messages) < len(items):
        raise BadInput("Forget memories and messages one after the other, not in one go.")
    return {"messages": messages}


async def _is_message(client: Client, name: str) -> bool:
    try:
        await client.conversations.message(name)
    except ApiError as error:
        if error.status != 404:
            raise
        return False
    return True


async def _all_facts(client: Client) -> list[FactOut]:
    return await client.memory.facts(state="all")


async def _find_facts(client: Client, names: Sequence[str]) -> list[FactOut]:
    """Return the facts whose ids begin so. Raises `NotFound`, or `BadInput` if that is unclear."""
    everything = await _all_facts(client)
    found: list[FactOut] = []
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


def _short_ids(facts: Sequence[FactOut]) -> dict[str, str]:
    """Return for each id its beginning that no other of them shares."""
    ids = sorted(fact.id for fact in facts)
    short: dict[str, str] = {}
    for place, name in enumerate(ids):
        others = ids[max(0, place - 1) : place] + ids[place + 1 : place + 2]
        length = _MIN_ID_LENGTH
        while length < len(name) and any(other.startswith(name[:length]) for other in others):
            length += 1
        short[name] = name[:length]
    return short


def _state_column(fact: FactOut, state: str) -> tuple[str, ...]:
    return (fact.state,) if state == "all" else ()


def _parse_time(text: str | None) -> float | None:
    """Return a date or a date-time of this machine's zone as seconds. Raises `BadInput`."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        raise BadInput(f"{text!r} is no date; write 2026-05-31 or 2026-05-31T09:30.") from None


def _is_anything_forgotten(goes: ForgetOut) -> bool:
    return any((goes.messages, goes.replies, goes.facts, goes.titles, goes.conversations))


def _confirm_forget() -> bool:
    if not sys.stdin.isatty():
        raise BadInput("Nothing was forgotten: add --yes where nobody can answer.")
    return confirmation.ask_confirmation("Forget it?")
