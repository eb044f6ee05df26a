"""`tau import`: one's past from another product, or from another Tau."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import click

from tau.app import App, open_app
from tau.cli import server_file
from tau.cli.async_command import run_async
from tau.cli.connect import SESSION_LABEL, open_person
from tau.cli.formatting import product_name
from tau.cli.model_downloads import progress_bar
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import console, print_rows, strip_control
from tau.client.client import Brought, Client, Foreseen, LeftOut
from tau.errors import BadInput, Conflict, TauError
from tau.transfer.importing import ImportProgress, import_file
from tau.transfer.report import ImportReport

_MAX_SHOWN = 20
_POLL_SECONDS = 0.2
WatchProgress = Callable[[int, int], None]


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--trust", is_flag=True, help="Believe what the file claims of you at once.")
@click.option("--forgotten", is_flag=True, help="Bring back also what you forgot since.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be brought.")
@click.option("--person", metavar="NAME", help="For somebody else than the owner.")
@takes_settings("home", "database_url")
@run_async
async def bring(file: Path, person: str | None, **how: bool) -> None:
    """Bring your past from another product.

    FILE is an export of ChatGPT, Claude or another Tau, Portable AI Memory, or chats as JSON Lines.
    Give it as it came, zip or not. The same file, or a newer one, adds only what is new; one that
    was stopped goes on. What you forgot stays away. What other products claim of you waits for your
    word: `tau memory list --state waiting`.
    """
    await asyncio.to_thread(_check_file, file)
    settings = settings_given()
    running = await server_file.find_running(settings.home)
    async with open_app(settings) as app:
        if running is None:
            brought = await _import_in_process(app, person, file, how)
        else:
            async with _connect_as(app, person, running.url) as client:
                brought = await _import_via_server(client, file, how)
    _print_result(brought, dry_run=how["dry_run"])


def _check_file(file: Path) -> None:
    """Raise `BadInput` for what is no file."""
    if file.is_dir():
        raise BadInput(f"{file} is a folder; name a file in it, such as conversations.json.")
    if not file.exists():
        raise BadInput(f"There is no file {file}.")
    if not file.is_file():
        raise BadInput(f"{file} is not an ordinary file; save it as one first.")


async def _import_in_process(
    app: App, person: str | None, file: Path, how: dict[str, bool]
) -> Brought:
    """Read the file in this process."""
    with progress_bar(strip_control(file.name), console(stderr=True)) as watch:

        def see(now: ImportProgress) -> None:
            watch(now.bytes_done, now.bytes_total)

        async with open_person(app.people, person) as unlocked:
            life = await app.companion.life(unlocked)
            report = await import_file(
                life,
                file,
                file.name,
                trust=how["trust"],
                forgotten=how["forgotten"],
                dry_run=how["dry_run"],
                progress=see,
            )
            app.companion.enqueue_background_work(life)
    return _import_from_report(report)


async def _import_via_server(client: Client, file: Path, how: dict[str, bool]) -> Brought:
    """Have the running Tau read the file, so that it knows at once."""
    if any(one.state == "running" for one in await client.imports()):
        raise Conflict("Another file of yours is being read; wait for it, or stop it.")
    screen, name = console(stderr=True), strip_control(file.name)
    with progress_bar(f"Sending {name}", screen) as watch:
        brought = await _upload(client, file, watch, how)
    try:
        with progress_bar(name, screen) as watch:
            while brought.state == "running":
                watch(brought.bytes_done, brought.bytes_total)
                await asyncio.sleep(_POLL_SECONDS)
                brought = await client.brought(brought.id)
            watch(brought.bytes_done, brought.bytes_total)
    except asyncio.CancelledError:
        with suppress(TauError):  # it may be over by now
            await client.stop_import(brought.id)
        raise
    if brought.state != "done":
        raise TauError(brought.sentence)
    return brought


async def _upload(
    client: Client, file: Path, watch: WatchProgress, how: dict[str, bool]
) -> Brought:
    try:
        with await asyncio.to_thread(file.open, "rb") as content:
            return await client.bring(content, file.name, watch, **how)
    except OSError as error:
        raise BadInput(f"{file.name} cannot be read: {error.strerror}.") from error


@asynccontextmanager
async def _connect_as(app: App, person: str | None, url: str) -> AsyncIterator[Client]:
    """Yield a client of the running Tau, signed in as somebody while the context lasts."""
    async with open_person(app.people, person) as unlocked:
        token, _ = await app.people.sessions.redeem(
            await app.people.credentials.link(unlocked), SESSION_LABEL
        )
        try:
            async with Client(url, token) as client:
                yield client
        finally:
            await app.people.sessions.sign_out(token)


def _import_from_report(report: ImportReport) -> Brought:
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
        forgotten=report.forgotten,
        skipped_count=report.skipped_count,
        skipped=[LeftOut(each.where, each.reason) for each in report.skipped],
        notes=[LeftOut(each.where, each.text) for each in report.notes],
        restored=report.restored,
        learned=[Foreseen(each.text, each.trust) for each in report.learned],
    )


def _print_result(brought: Brought, *, dry_run: bool) -> None:
    """Write what came of it: a table of what is new, and what was left out and why."""
    print_rows(
        ("from", "conversations", "messages", "memories", "here already", "left out"),
        [
            (
                product_name(brought.origin),
                str(brought.conversations),
                str(brought.messages),
                str(brought.facts),
                str(brought.known),
                str(brought.skipped_count),
            )
        ],
    )
    for each in brought.skipped[:_MAX_SHOWN]:
        click.echo(
            f"Left out: {strip_control(each.where)}: {strip_control(each.reason)}.", err=True
        )
    more = brought.skipped_count - min(len(brought.skipped), _MAX_SHOWN)
    if more > 0:
        click.echo(f"And {more} more were left out.", err=True)
    for note in brought.notes:
        click.echo(f"{strip_control(note.where)}: {strip_control(note.reason)}.", err=True)
    if brought.forgotten:
        count = brought.forgotten
        click.echo(
            f"Left out because you forgot it: {count}; --forgotten brings it back.", err=True
        )
    if dry_run:
        _print_preview(brought.learned)
        click.echo("Nothing was written.", err=True)
        return
    if brought.restored:
        return
    if brought.facts:
        click.echo("See what it claims of you: tau memory list --state waiting", err=True)
    if brought.messages or brought.facts:
        click.echo("Take it back: tau memory imports tells its id.", err=True)


def _print_preview(learned: Sequence[Foreseen]) -> None:
    """Write what would be learned, and what of it would wait for a word."""
    for each in learned[:_MAX_SHOWN]:
        waits = " (waits for your word)" if each.trust == "waiting" else ""
        click.echo(f"Would be known: {strip_control(each.text)}{waits}", err=True)
    if len(learned) > _MAX_SHOWN:
        click.echo(f"And {len(learned) - _MAX_SHOWN} more.", err=True)
