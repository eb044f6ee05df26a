"""`tau studio keep|models|gate|review|release|rollback|releases|card`: models in use."""

import click

from tau.cli.async_command import run_async
from tau.cli.connect import connect_client
from tau.cli.options import settings_given, takes_json, takes_person, takes_settings
from tau.cli.studio_release_tables import (
    print_card,
    print_gate,
    print_models,
    print_pair,
    print_releases,
    print_revealed,
)
from tau.cli.terminal import strip_control
from tau.client.client import Client
from tau.errors import BadInput
from tau.models.shares import WHOLE
from tau.server.schemas.releases import ReviewOut

_EXIT_REFUSED = 3
_KEYS = {"1": "left", "2": "right", "0": "neither"}


@click.command()
@click.argument("name")
@click.argument("method")
@click.option("--suffix", default="", help="A part of the model's name.")
@takes_person
@takes_settings("home", "database_url")
@run_async
async def keep(name: str, method: str, suffix: str, person: str | None) -> None:
    """Keep METHOD of the last comparison as a model: its classifier, or its prompt.

    Nothing is trained. The model answers under its name, to you alone until it's released.
    """
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        model = await client.studio.releases.keep(project.id, method, suffix)
    click.echo(model.name)


@click.command()
@takes_json
@takes_person
@takes_settings("home", "database_url")
@run_async
async def models(as_json: bool, person: str | None) -> None:
    """List the models that you've made."""
    async with connect_client(settings_given(), person=person) as client:
        made = await client.studio.releases.models()
        projects = {each.id: each.name for each in await client.studio.all()}
    print_models(made, projects, as_json=as_json)


@click.command()
@click.argument("name")
@click.argument("made", metavar="MODEL")
@takes_json
@takes_person
@takes_settings("home", "database_url")
@run_async
async def gate(name: str, made: str, as_json: bool, person: str | None) -> None:
    """Check whether MODEL may be released. Exits with 3 if not.

    What wasn't tried yet is tried: whether it repeats personal data, and whether the engine that
    serves it answers as the trained model did.
    """
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        report = await client.studio.releases.try_gate(project.id, made)
    print_gate(report, as_json=as_json)
    if not report.passed:
        click.get_current_context().exit(_EXIT_REFUSED)


@click.command()
@click.argument("name")
@click.argument("made", metavar="MODEL")
@click.option("--as", "alias", required=True, metavar="ALIAS", help="The name that people use.")
@click.option(
    "--share",
    type=click.IntRange(1, WHOLE),
    default=WHOLE,
    metavar="PERCENT",
    help="Only for this share of the callers.",
)
@takes_person
@takes_settings("home", "database_url")
@run_async
async def release(name: str, made: str, alias: str, share: int, person: str | None) -> None:
    """Let MODEL answer as ALIAS, to everybody on this Tau.

    Only what passes the gate is released; if it doesn't, the exit code is 3. What answered before
    answers again after `tau studio rollback ALIAS`. A share of a released model is changed by
    releasing it again.
    """
    percent = 0 if share == WHOLE else share
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        report = await client.studio.releases.try_gate(project.id, made)
        if not report.passed:
            print_gate(report, as_json=False)
            click.get_current_context().exit(_EXIT_REFUSED)
        listed = await client.studio.releases.release(project.id, made, alias, percent)
    print_releases(listed, {}, only=alias, as_json=False)
    click.echo(
        f"Everybody on this Tau can use {strip_control(alias)} now. "
        f"To take it back: tau studio rollback {strip_control(alias)}"
    )


@click.command()
@click.argument("alias")
@click.option("--tuned", default="", metavar="ft:...", help="Take back this model.")
@click.option("--reason", default="", help="Is kept in the history and in the model card.")
@takes_person
@takes_settings("home", "database_url")
@run_async
async def rollback(alias: str, tuned: str, reason: str, person: str | None) -> None:
    """Take back the last release of ALIAS; what answered before answers again."""
    async with connect_client(settings_given(), person=person) as client:
        listed = await client.studio.releases.roll_back(alias, tuned, reason)
    print_releases(listed, {}, only=alias, as_json=False)


@click.command()
@takes_json
@takes_person
@takes_settings("home", "database_url")
@run_async
async def releases(as_json: bool, person: str | None) -> None:
    """List what you released, and what each alias means now."""
    async with connect_client(settings_given(), person=person) as client:
        listed = await client.studio.releases.all()
        projects = {each.id: each.name for each in await client.studio.all()}
    print_releases(listed, projects, as_json=as_json)


@click.command()
@click.argument("made", metavar="MODEL")
@takes_json
@takes_person
@takes_settings("home", "database_url")
@run_async
async def card(made: str, as_json: bool, person: str | None) -> None:
    """Print the card of MODEL: its data, training, figures, gate, releases and limits."""
    async with connect_client(settings_given(), person=person) as client:
        model = await client.studio.releases.model(made)
        if not model.project:
            raise BadInput("This model learned from files, and only a project has a card for it.")
        shown = await client.studio.releases.card(model.project, made)
    print_card(shown, as_json=as_json)


@click.command()
@click.argument("name")
@click.argument("first")
@click.argument("second")
@click.option("--pairs", type=click.IntRange(1, 200), default=12, show_default=True)
@click.option(
    "--outside-test",
    is_flag=True,
    help="Answers to examples outside the test, so that your votes can be trained on.",
)
@takes_person
@takes_settings("home", "database_url")
@run_async
async def review(
    name: str, first: str, second: str, pairs: int, outside_test: bool, person: str | None
) -> None:
    """Judge answers of FIRST and SECOND without knowing whose they are.

    Both are methods of the last comparison, or models. Press 1 or 2 for the better answer, 0 if
    neither is; q ends it. Then it's said whose they were.

    With --outside-test, both answer examples that aren't in the test now. From 10 preferences on,
    `tau studio tune NAME --method dpo` trains on them.
    """
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        shown = await client.studio.releases.start_review(
            project.id, first, second, pairs, outside_test=outside_test
        )
        shown = await _judge(client, project.id, shown)
        if not shown.voted:
            click.echo("Nothing was judged.")
            return
        shown = await client.studio.releases.reveal(project.id, shown.id)
    print_revealed(shown)


async def _judge(client: Client, project: str, shown: ReviewOut) -> ReviewOut:
    """Show one pair after the other until all are judged or the person has had enough."""
    while shown.next is not None:
        print_pair(shown)
        choice = ""
        while choice not in {*_KEYS, "q"}:
            choice = click.prompt(
                "Better: 1, 2, 0 for neither, q to end", default="", show_default=False
            )
        if choice == "q":
            break
        example = shown.next.example.id
        shown = await client.studio.releases.vote(project, shown.id, example, _KEYS[choice])
    return shown
