"""`tau studio lend`, `lent` and `withdraw-lent`: conversations that you lend to a project."""

from functools import partial

import click

from tau.cli.async_command import run_async
from tau.cli.confirmation import ask_confirmation
from tau.cli.connect import connect_client
from tau.cli.options import settings_given, takes_person, takes_settings
from tau.cli.terminal import format_time, print_rows, strip_control
from tau.errors import BadInput
from tau.server.schemas.lending import LentOut

_MOST_SHOWN = 10
_ID_CONTEXT = {"ignore_unknown_options": True, "help_option_names": ["--help"]}  # ids may be -h...


@click.command(context_settings=_ID_CONTEXT)
@click.argument("name")
@click.argument("conversations", nargs=-1, required=True)
@click.option("--unmasked", is_flag=True, help="Don't mask addresses, phone numbers and the like.")
@click.option("--instructions", default="", help="The system message of the examples.")
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
@takes_person
@takes_settings("home", "database_url")
@run_async
async def lend(
    name: str,
    conversations: tuple[str, ...],
    unmasked: bool,
    instructions: str,
    yes: bool,
    person: str | None,
) -> None:
    """Lend CONVERSATIONS of your own to a project: it learns from Tau's replies in them.

    Shows first what the project would get. Your journal keeps what you lent and when, and you can
    take it back: `tau studio withdraw-lent`. Erasing a message takes it back too.
    """
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        send = partial(
            client.studio.lending.lend,
            project.id,
            conversations,
            masked=not unmasked,
            instructions=instructions,
        )
        shown = await send(dry_run=True)
        _print_lent(shown)
        question = f"Lend these {len(shown.examples)} examples to {strip_control(project.name)}?"
        if not yes and not ask_confirmation(question):
            raise BadInput("Nothing was lent; use --yes to lend without confirmation.")
        done = await send(dry_run=False)
    click.echo(f"Lent. {done.added} examples are new in the project.")


@click.command()
@takes_person
@takes_settings("home", "database_url")
@run_async
async def lent(person: str | None) -> None:
    """List the conversations that you lent to projects."""
    async with connect_client(settings_given(), person=person) as client:
        names = {each.id: each.name for each in await client.studio.all()}
        records = await client.studio.lending.all()
    print_rows(
        ("conversation", "project", "lent", "taken back", "personal data"),
        [
            (
                each.conversation,
                strip_control(names.get(each.project, "removed")),
                format_time(each.at),
                format_time(each.withdrawn_at),
                "masked" if each.masked else "not masked",
            )
            for each in records
        ],
    )


@click.command("withdraw-lent", context_settings=_ID_CONTEXT)
@click.argument("name")
@click.argument("conversation")
@takes_person
@takes_settings("home", "database_url")
@run_async
async def withdraw_lent(name: str, conversation: str, person: str | None) -> None:
    """Take CONVERSATION back from a project: its examples are erased for good.

    What learned from them is marked, and should be trained again.
    """
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        done = await client.studio.lending.withdraw(project.id, conversation)
    click.echo(f"Taken back: {done.withdrawn} examples were erased.")


def _print_lent(shown: LentOut) -> None:
    for example in shown.examples[:_MOST_SHOWN]:
        for message in example.messages:
            click.echo(f"{message.role}: {strip_control(message.content)}")
        click.echo()
    if len(shown.examples) > _MOST_SHOWN:
        click.echo(f"And {len(shown.examples) - _MOST_SHOWN} more.\n")
