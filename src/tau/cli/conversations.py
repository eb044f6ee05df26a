"""`tau conversations` and `tau search`: what was said, on paper."""

import click

from tau.cli.async_command import asynchronous
from tau.cli.connect import connected
from tau.cli.options import settings_given, takes_settings
from tau.cli.slash_commands import as_markdown
from tau.cli.terminal import console, moment, one_line, plain, print_indented, print_rows
from tau.client.client import Conversation


@click.group()
def conversations() -> None:
    """List conversations, or show one."""


@conversations.command("list")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@takes_settings("home")
@asynchronous
async def list_them(limit: int) -> None:
    """List conversations, the newest first."""
    async with connected(settings_given()) as client:
        found = await client.conversations(limit=limit)
    print_rows(("id", "last", "messages", "title"), [_row(one) for one in found])


_NAMED = {"ignore_unknown_options": True, "help_option_names": ["--help"]}  # ids may be -h...


@conversations.command(context_settings=_NAMED)
@click.argument("conversation")
@takes_settings("home")
@asynchronous
async def show(conversation: str) -> None:
    """Print a conversation as Markdown."""
    async with connected(settings_given()) as client:
        found = await client.conversation(conversation)
        thread = await client.messages(conversation)
    click.echo(plain(as_markdown(found.title or "Conversation with Tau", thread)), nl=False)


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@takes_settings("home")
@asynchronous
async def search(words: tuple[str, ...], limit: int) -> None:
    """Find what was said, by its meaning.

    The best comes first, each with its date and why it was found.
    """
    async with connected(settings_given()) as client:
        passages = await client.search(" ".join(words), limit=limit)
    screen = console()
    for passage in passages:
        message = passage.message
        who = message.speaker or ("you" if message.by == "person" else "Tau")
        screen.print(
            f"{moment(message.at)} · {who} · {', '.join(passage.reasons)} · {message.conversation}",
            style="dim",
            markup=False,
        )
        print_indented(screen, one_line(message.text, 500))
    if not passages:
        click.echo("Nothing like that was said.", err=True)


def _row(one: Conversation) -> tuple[str, str, str, str]:
    return one.id, moment(one.updated_at), str(one.count), one_line(one.title or "(no title)")
