"""`tau import`: one's past from another product, or from another Tau."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import click

from tau.app import App, open_app
from tau.cli import beacon
from tau.cli.client import Brought, Client, LeftOut
from tau.cli.doorway import LABEL, opened
from tau.cli.entry import asynchronous
from tau.cli.fetching import progress
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import console, plain, print_rows
from tau.companion.importing import Progress, import_file
from tau.companion.tally import Report
from tau.errors import BadInput, TauError

_MOST_SHOWN = 20
_POLL_SECONDS = 0.2
_NAMES = {
    "chatgpt": "ChatGPT",
    "claude": "Claude",
    "pam": "Portable AI Memory",
    "openai": "chats",
    "tau": "Tau",
}
Watch = Callable[[int, int], None]


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--trust", is_flag=True, help="Believe what the file claims of you at once.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be brought.")
@click.option("--person", metavar="NAME", help="For somebody else than the owner.")
@takes_settings("home", "database_url")
@asynchronous
async def bring(file: Path, trust: bool, dry_run: bool, person: str | None) -> None:
    """Bring your past from another product.

    FILE is an export of ChatGPT, Claude or another Tau, Portable AI Memory, or chats as JSON Lines.
    Give it as it came, zip or not. The same file, or a newer one, adds only what is new; one that
    was stopped goes on. What other products claim of you waits for your word: `tau memory list
    --state waiting`.
    """
    if not await asyncio.to_thread(file.is_file):
        raise BadInput(f"There is no file {file}.")
    settings = settings_given()
    running = await beacon.running(settings.home)
    async with open_app(settings) as app:
        with progress(plain(file.name), console(stderr=True)) as watch:
            if running is None:
                brought = await _here(app, person, file, watch, trust=trust, dry_run=dry_run)
            else:
                async with _visiting(app, person, running.url) as client:
                    brought = await _there(client, file, watch, trust=trust, dry_run=dry_run)
    _tell(brought, dry_run=dry_run)


async def _here(
    app: App, person: str | None, file: Path, watch: Watch, *, trust: bool, dry_run: bool
) -> Brought:
    """Read the file in this process."""

    def see(now: Progress) -> None:
        watch(now.bytes_done, now.bytes_total)

    async with opened(app.people, person) as unlocked:
        life = await app.companion.life(unlocked)
        report = await import_file(
            life, file, file.name, trust=trust, dry_run=dry_run, progress=see
        )
    return _as_told(report)


async def _there(
    client: Client, file: Path, watch: Watch, *, trust: bool, dry_run: bool
) -> Brought:
    """Have the running Tau read the file, so that it knows at once."""
    with await asyncio.to_thread(file.open, "rb") as content:
        brought = await client.bring(content, file.name, trust=trust, dry_run=dry_run)
    try:
        while brought.state == "running":
            watch(brought.bytes_done, brought.bytes_total)
            await asyncio.sleep(_POLL_SECONDS)
            brought = await client.brought(brought.id)
    except asyncio.CancelledError:
        await client.stop_bringing(brought.id)
        raise
    if brought.state != "done":
        raise TauError(brought.sentence)
    watch(brought.bytes_total, brought.bytes_total)
    return brought


@asynccontextmanager
async def _visiting(app: App, person: str | None, url: str) -> AsyncIterator[Client]:
    """Yield a client of the running Tau, signed in as somebody while the context lasts."""
    async with opened(app.people, person) as unlocked:
        token, _ = await app.people.redeem(await app.people.link(unlocked), LABEL)
        try:
            async with Client(url, token) as client:
                yield client
        finally:
            await app.people.sign_out(token)


def _as_told(report: Report) -> Brought:
    return Brought(
        id=report.id or "",
        origin=report.origin,
        state="done",
        sentence="",
        bytes_done=0,
        bytes_total=0,
        conversations=report.conversations,
        messages=report.messages,
        facts=report.facts,
        known=report.known,
        skipped_count=report.skipped_count,
        skipped=[LeftOut(each.where, each.reason) for each in report.skipped],
        notes=[LeftOut(each.where, each.text) for each in report.notes],
        restored=report.restored,
    )


def _tell(brought: Brought, *, dry_run: bool) -> None:
    """Write what came of it: a table of what is new, and what was left out and why."""
    print_rows(
        ("from", "conversations", "messages", "memories", "here already", "left out"),
        [
            (
                _NAMES.get(brought.origin, plain(brought.origin)),
                str(brought.conversations),
                str(brought.messages),
                str(brought.facts),
                str(brought.known),
                str(brought.skipped_count),
            )
        ],
    )
    for each in brought.skipped[:_MOST_SHOWN]:
        click.echo(f"Left out: {plain(each.where)}: {plain(each.reason)}.", err=True)
    more = brought.skipped_count - min(len(brought.skipped), _MOST_SHOWN)
    if more > 0:
        click.echo(f"And {more} more were left out.", err=True)
    for note in brought.notes:
        click.echo(f"{plain(note.where)}: {plain(note.reason)}.", err=True)
    if dry_run:
        click.echo("Nothing was written.", err=True)
    elif brought.facts and not brought.restored:
        click.echo("See what it claims of you: tau memory list --state waiting", err=True)
