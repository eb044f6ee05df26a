"""`tau memory forget`: permanent deletion, previewed first."""

import sys
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from tau.cli import confirmation
from tau.cli.async_command import run_async
from tau.cli.connect import connect_client
from tau.cli.fact_ids import ID_CONTEXT, find_facts
from tau.cli.formatting import forget_preview_lines, forget_summary
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import console
from tau.client.client import Client
from tau.client.http import ApiError
from tau.errors import BadInput, NotFound
from tau.server.schemas.forgetting import ForgetOut

_HOUR_SECONDS = 3_600.0


@click.command(context_settings=ID_CONTEXT)
@click.argument("items", nargs=-1, metavar="[FACT|MESSAGE]...")
@click.option("--last-hour", is_flag=True, help="Everything from the last hour.")
@click.option(
    "--since",
    metavar="WHEN",
    help="Everything since then, such as 2026-05-31T09:30.",
)
@click.option("--until", metavar="WHEN", help="Only up to this date or time.")
@click.option("--conversation", metavar="ID", help="A whole conversation.")
@click.option("--import", "import_id", metavar="ID", help="Everything from an import.")
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
@takes_settings("home")
@run_async
async def forget(items: tuple[str, ...], yes: bool, **given: Any) -> None:
    """Permanently delete memories, messages, conversations or imports.

    Shows what will be deleted first, including replies and titles that repeat it.
    """
    async with connect_client(settings_given()) as client:
        what = await _forget_target(client, items, given)
        await preview_and_forget(client, what, yes=yes)


async def preview_and_forget(client: Client, what: dict[str, Any], *, yes: bool) -> None:
    """Show what would go, ask unless it's a `yes`, and forget it. Raises `NotFound`."""
    goes = await client.memory.forget(dry_run=True, **what)
    screen = console()
    for line in forget_preview_lines(goes, screen.width):
        screen.print(line, markup=False, soft_wrap=True)
    if not _is_anything_forgotten(goes):
        raise NotFound("There's nothing to forget.")
    if not yes and not _confirm_forget():
        click.echo("Nothing was forgotten.", err=True)
        return
    click.echo(f"Forgotten: {forget_summary(await client.memory.forget(**what))}.")


async def _forget_target(
    client: Client, items: Sequence[str], given: dict[str, Any]
) -> dict[str, Any]:
    """Return what to forget, as the API expects it. Raises `BadInput` and `NotFound`."""
    since, until = _parse_time(given["since"]), _parse_time(given["until"])
    if given["last_hour"]:
        since = time.time() - _HOUR_SECONDS
    asked = bool(items) + bool(given["conversation"]) + bool(given["import_id"])
    asked += since is not None
    if asked != 1 or (given["last_hour"] and (given["since"] or until is not None)):
        raise BadInput(
            "Choose one: memories or messages, --last-hour, --since, --conversation or --import."
        )
    if until is not None and since is None:
        raise BadInput("--until needs --since.")
    if items:
        return await _split_items(client, items)
    named = {"since": since, "until": until} if since is not None else {}
    named |= {name: given[name] for name in ("conversation", "import_id") if given[name]}
    return {name: value for name, value in named.items() if value is not None}


async def _split_items(client: Client, items: Sequence[str]) -> dict[str, Any]:
    """Return the facts or messages with these ids. Raises `BadInput` for both at once."""
    messages = [item for item in items if await _is_message(client, item)]
    if not messages:
        return {"facts": [fact.id for fact in await find_facts(client, items)]}
    if len(messages) < len(items):
        raise BadInput("Forget memories and messages separately.")
    return {"messages": messages}


async def _is_message(client: Client, name: str) -> bool:
    try:
        await client.conversations.message(name)
    except ApiError as error:
        if error.status != 404:
            raise
        return False
    return True


def _parse_time(text: str | None) -> float | None:
    """Return a local date or date and time as seconds. Raises `BadInput`."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        raise BadInput(f"{text!r} isn't a date; use 2026-05-31 or 2026-05-31T09:30.") from None


def _is_anything_forgotten(goes: ForgetOut) -> bool:
    counts = (goes.messages, goes.replies, goes.facts, goes.titles, goes.conversations)
    return any((*counts, goes.attachments))


def _confirm_forget() -> bool:
    if not sys.stdin.isatty():
        raise BadInput("Nothing was forgotten: without a terminal, use --yes.")
    return confirmation.ask_confirmation("Forget it?")
