"""`tau memory`: what Tau knows about you, where it comes from, and corrections."""

from collections.abc import Sequence
from typing import Literal, get_args

import click

from tau.cli.async_command import run_async
from tau.cli.connect import connect_client
from tau.cli.fact_ids import ID_CONTEXT, all_facts, find_facts, short_ids
from tau.cli.formatting import (
    describe_source,
    format_date,
    format_known_date,
    import_summary,
    product_name,
    question_about,
)
from tau.cli.memory_forget import forget
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import (
    console,
    format_time,
    print_indented,
    print_rows,
    shorten,
    single_line,
)
from tau.errors import BadInput
from tau.journal.entries import Topic
from tau.server.schemas.facts import FactOut
from tau.text.labels import as_label

_STATES = ("current", "past", "waiting", "rejected", "all")


@click.group()
def memory() -> None:
    """See, correct and forget what Tau knows about you.

    FACT is the beginning of an id, as shown by `tau memory list`.
    """


@memory.command("list")
@click.option("--state", type=click.Choice(_STATES), default="current", show_default=True)
@click.option("--topic", type=click.Choice(get_args(Topic)), help="Show only this topic.")
@click.option("--limit", type=click.IntRange(min=1), help="Show at most this many.")
@takes_settings("home")
@run_async
async def list_them(state: str, topic: str | None, limit: int | None) -> None:
    """List what Tau knows about you, most recent first."""
    async with connect_client(settings_given()) as client:
        facts = await client.memory.facts(state=state, topic=topic or "", limit=limit)
        ids = short_ids(await all_facts(client))
        learning = await client.memory.learning()
    rows = [
        (
            ids[one.id],
            format_date(one.last_said_on),
            one.topic,
            *_state_column(one, state),
            " ".join(filter(None, (one.text, question_about(one)))),
        )
        for one in facts
    ]
    heads = ("id", "said", "kind", *(("state",) if state == "all" else ()), "what")
    if rows:
        print_rows(heads, rows)
    else:
        click.echo("Tau doesn't know anything yet." if state == "current" else "None.", err=True)
    if learning.waiting and state == "current":
        count = learning.waiting
        click.echo(f"Waiting for approval: {count}; see tau memory list --state waiting", err=True)
    if learning.paused:
        click.echo("Learning is paused; resume it with tau memory resume.", err=True)


@memory.command(context_settings=ID_CONTEXT)
@click.argument("fact")
@takes_settings("home")
@run_async
async def show(fact: str) -> None:
    """Show a memory, its history and the messages it comes from."""
    async with connect_client(settings_given()) as client:
        known = await client.memory.fact((await find_facts(client, [fact]))[0].id)
    screen = console()
    one = known.fact
    screen.print(single_line(one.text), style="bold", markup=False)
    screen.print(f"{one.topic} · {one.state} · {describe_source(one)}", style="dim", markup=False)
    if question := question_about(one):
        screen.print(question, markup=False)
    if one.valid_from is not None:
        since = format_known_date(one.valid_from, one.valid_from_precision)
        screen.print(f"since {since}", style="dim", markup=False)
    for name, at in (("until", one.valid_to), ("due", one.due)):
        if at is not None:
            screen.print(f"{name} {format_date(at)}", style="dim", markup=False)
    if len(known.history) > 1:
        screen.print("\nHistory", style="dim")
        for each in known.history:
            mark = "›" if each.id == one.id else " "
            screen.print(
                f"{mark} {format_date(each.said_on)}  {single_line(each.text)}", markup=False
            )
    screen.print("\nSources" if known.sources else "\nNo source messages.", style="dim")
    for source in known.sources:
        screen.print(f"{format_time(source.at)}  {source.message}", style="dim", markup=False)
        print_indented(screen, shorten(source.text, 500))


@memory.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@takes_settings("home")
@run_async
async def search(words: tuple[str, ...], limit: int) -> None:
    """Search what Tau knows and what was said."""
    query = " ".join(words)
    async with connect_client(settings_given()) as client:
        facts = await client.memory.facts(query=query, limit=limit)
        ids = short_ids(await all_facts(client))
        passages = await client.memory.search(query, limit=limit)
    screen = console()
    for fact in facts:
        screen.print(f"{ids[fact.id]} · known · {describe_source(fact)}", style="dim", markup=False)
        print_indented(screen, shorten(fact.text, 500))
    for passage in passages:
        message = passage.message
        who = as_label(message.speaker or "") or ("you" if message.by == "person" else "Tau")
        why = ", ".join(passage.reasons)
        screen.print(
            f"{message.id} · {who} · {format_time(message.at)} · {why}", style="dim", markup=False
        )
        print_indented(screen, shorten(message.text, 500))
    if not facts and not passages:
        click.echo("No matches.", err=True)


@memory.command(context_settings=ID_CONTEXT)
@click.argument("fact")
@click.argument("right", nargs=-1, required=True)
@takes_settings("home")
@run_async
async def correct(fact: str, right: tuple[str, ...]) -> None:
    """Correct a memory: RIGHT replaces what it says."""
    if not " ".join(right).strip():
        raise BadInput("Type the correct text after the id.")
    async with connect_client(settings_given()) as client:
        (wrong,) = await find_facts(client, [fact])
        now = await client.memory.correct(wrong, " ".join(right))
        ids = short_ids(await all_facts(client))
    click.echo(f"{ids[now.id]}  {single_line(now.text)}")
    click.echo(f"Before: {single_line(wrong.text)}. Undo: tau memory undo {ids[now.id]}", err=True)


@memory.command(context_settings=ID_CONTEXT)
@click.argument("facts", nargs=-1, required=True)
@takes_settings("home")
@run_async
async def confirm(facts: tuple[str, ...]) -> None:
    """Confirm that memories are right."""
    async with connect_client(settings_given()) as client:
        for fact in await find_facts(client, facts):
            click.echo(f"Confirmed: {single_line((await client.memory.confirm(fact)).text)}")


@memory.command(context_settings=ID_CONTEXT)
@click.argument("facts", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that are waiting.")
@takes_settings("home")
@run_async
async def approve(facts: tuple[str, ...], everything: bool) -> None:
    """Approve memories that are waiting."""
    await _judge("approve", facts, "Approved", everything=everything)


@memory.command(context_settings=ID_CONTEXT)
@click.argument("facts", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that are waiting.")
@takes_settings("home")
@run_async
async def reject(facts: tuple[str, ...], everything: bool) -> None:
    """Mark memories as wrong."""
    await _judge("reject", facts, "Rejected", everything=everything)


@memory.command(context_settings=ID_CONTEXT)
@click.argument("fact")
@takes_settings("home")
@run_async
async def undo(fact: str) -> None:
    """Undo your last change to a memory."""
    async with connect_client(settings_given()) as client:
        back = await client.memory.undo((await find_facts(client, [fact]))[0].id)
    click.echo(f"Restored: {single_line(back.text)}" if back else "The memory was removed.")


@memory.command()
@click.argument("words", nargs=-1, required=True)
@takes_settings("home")
@run_async
async def tell(words: tuple[str, ...]) -> None:
    """Add a memory in your own words."""
    async with connect_client(settings_given()) as client:
        added = await client.memory.add_fact(" ".join(words))
        ids = short_ids(await all_facts(client))
    for fact in added:
        click.echo(f"{ids[fact.id]}  {fact.topic}  {single_line(fact.text)}")


@memory.command()
@takes_settings("home")
@run_async
async def profile() -> None:
    """Print the profile that starts every prompt."""
    async with connect_client(settings_given()) as client:
        lines = await client.memory.profile()
    for line in lines:
        console().print(single_line(line.text), markup=False)
    if not lines:
        click.echo("There's no profile yet: Tau doesn't know anything about you.", err=True)


@memory.command()
@takes_settings("home")
@run_async
async def pause() -> None:
    """Pause learning until `tau memory resume`.

    Tau never learns from what is said while learning is paused.
    """
    async with connect_client(settings_given()) as client:
        await client.memory.learning(paused=True)
    click.echo("Learning is paused. Messages are still saved and searchable.")


@memory.command()
@takes_settings("home")
@run_async
async def resume() -> None:
    """Resume learning from new messages."""
    async with connect_client(settings_given()) as client:
        await client.memory.learning(paused=False)
    click.echo("Learning is on for new messages.")


@memory.command()
@takes_settings("home")
@run_async
async def imports() -> None:
    """List imports; `tau memory forget --import ID` undoes one."""
    async with connect_client(settings_given()) as client:
        past = [one for one in await client.imports.all() if not one.dry_run]
    rows = [
        (one.id, format_date(one.at), product_name(one.origin), import_summary(one))
        for one in past
        if one.messages or one.facts or one.state == "running"
    ]
    if rows:
        print_rows(("id", "on", "from", "what"), rows)
    else:
        click.echo("No imports yet.", err=True)


async def _judge(
    verdict: Literal["approve", "reject"], names: Sequence[str], label: str, *, everything: bool
) -> None:
    if bool(names) == everything:
        raise BadInput("Name memories, or use --all for all that are waiting.")
    async with connect_client(settings_given()) as client:
        chosen = await (
            client.memory.facts(state="waiting") if everything else find_facts(client, names)
        )
        if not chosen:
            click.echo("No memories are waiting.", err=True)
            return
        for fact in await client.memory.judge(verdict, [one.id for one in chosen]):
            click.echo(f"{label}: {single_line(fact.text)}")


def _state_column(fact: FactOut, state: str) -> tuple[str, ...]:
    return (fact.state,) if state == "all" else ()


memory.add_command(forget)
