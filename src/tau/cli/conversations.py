"""`tau conversations` and `tau search`: what was said."""

import click

from tau.cli.async_command import run_async
from tau.cli.connect import connect_client
from tau.cli.formatting import as_markdown
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import (
    console,
    format_time,
    print_indented,
    print_rows,
    shorten,
    single_line,
    strip_control,
)
from tau.server.schemas.conversations import ConversationOut
from tau.text.labels import as_label


@click.group()
def conversations() -> None:
    """List conversations, or show one."""


@conversations.command("list")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@takes_settings("home")
@run_async
async def list_them(limit: int) -> None:
    """List conversations, newest first."""
    async with connect_client(settings_given()) as client:
        found = await client.conversations.all(limit=limit)
    print_rows(("id", "last", "messages", "title"), [_row(one) for one in found])


_ID_CONTEXT = {"ignore_unknown_options": True, "help_option_names": ["--help"]}  # ids may be -h...


@conversations.command(context_settings=_ID_CONTEXT)
@click.argument("conversation")
@takes_settings("home")
@run_async
async def show(conversation: str) -> None:
    """Print a conversation as Markdown."""
    async with connect_client(settings_given()) as client:
        found = await client.conversations.get(conversation)
        thread = await client.conversations.messages(conversation)
    click.echo(strip_control(as_markdown(found.title or "Conversation with Tau", thread)), nl=False)


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@takes_settings("home")
@run_async
async def search(words: tuple[str, ...], limit: int) -> None:
    """Search everything that was ever said.

    Best matches come first, each with its date and the reason it was found.
    """
    async with connect_client(settings_given()) as client:
        found = await client.memory.search_all(" ".join(words), limit=limit)
    screen = console()
    for passage in found.passages:
        message = passage.message
        who = as_label(message.speaker or "") or ("you" if message.by == "person" else "Tau")
        screen.print(
            f"{format_time(message.at)} · {who} · {', '.join(passage.reasons)} · "
            f"{message.conversation}",
            style="dim",
            markup=False,
        )
        print_indented(screen, shorten(message.text, 500))
    for part in found.parts:
        place = f"page {part.page}" if part.page else single_line(part.place)
        heading = [format_time(part.at), single_line(part.name), place, part.conversation]
        screen.print(" · ".join(filter(None, heading)), style="dim", markup=False)
        print_indented(screen, shorten(part.text, 500))
    if not (found.passages or found.parts):
        click.echo("No matches.", err=True)


def _row(one: ConversationOut) -> tuple[str, str, str, str]:
    return one.id, format_time(one.updated_at), str(one.count), shorten(one.title or "(no title)")
