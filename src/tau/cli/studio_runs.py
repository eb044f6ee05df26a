"""`tau studio tune` and the commands for its runs: listed, watched, paused, resumed, cancelled."""

import sys
from typing import Any, get_args

import click
import msgspec

from tau.cli import server_file
from tau.cli.async_command import run_async
from tau.cli.connect import connect_client
from tau.cli.options import settings_given, takes_json, takes_person, takes_settings
from tau.cli.run_summary import describe_measured, describe_plan, describe_run, print_runs
from tau.cli.run_watch import watch_until_over
from tau.client.client import Client
from tau.errors import NotFound
from tau.server.schemas.runs import RunOut
from tau.settings import Settings
from tau.studio.tuning.training_lines import LineKind

_EXIT_NOT_TRAINED = 1


@click.command()
@click.argument("name")
@click.option("--base", default="", metavar="MODEL", help="By default the smallest that is there.")
@click.option("--epochs", type=int, help="Passes over the examples; by default Tau chooses.")
@click.option("--batch-size", type=int, help="Examples for each step.")
@click.option(
    "--rate", "learning_rate_multiplier", type=float, help="A factor of the usual learning rate."
)
@click.option(
    "--method",
    type=click.Choice(get_args(LineKind)),
    default="supervised",
    show_default=True,
    help="dpo: learn which answers you preferred, from `tau studio review --outside-test`.",
)
@click.option("--suffix", default="", help="Part of the model's name; by default the project's.")
@click.option("--estimate", is_flag=True, help="Only say what it would take, by formulas.")
@click.option(
    "--measure", is_flag=True, help="Only say what it would take, also by its first two steps."
)
@click.option("--wait", is_flag=True, help="Watch it until it's over.")
@takes_json
@takes_person
@takes_settings("home", "database_url", "studio_python")
@run_async
async def tune(
    name: str,
    estimate: bool,
    measure: bool,
    wait: bool,
    as_json: bool,
    person: str | None,
    **asked: Any,
) -> None:
    """Train a model on a project: on what isn't in its frozen test.

    It's trained in the background while Tau runs, one run at a time, and it goes on after a
    restart. Exits with 1 if --wait is given and it wasn't trained.
    """
    settings = settings_given()
    async with connect_client(settings, person=person) as client:
        project = await client.studio.find(name)
        if estimate or measure:
            await _estimate(client, project.id, measure=measure, as_json=as_json, **asked)
            return
        run = await client.studio.runs.tune(project.id, **asked)
        if run.plan and not as_json:
            click.echo(describe_plan(run.plan))
        if wait:
            run = await watch_until_over(client, run.id)
        await _report(settings, run, as_json=as_json)
    if wait and run.status != "succeeded":
        sys.exit(_EXIT_NOT_TRAINED)


@click.command()
@click.argument("name", required=False)
@takes_json
@takes_person
@takes_settings("home", "database_url")
@run_async
async def runs(name: str | None, as_json: bool, person: str | None) -> None:
    """List your runs, or those of the project NAME, newest first."""
    async with connect_client(settings_given(), person=person) as client:
        project = None if name is None else await client.studio.find(name)
        listed = await client.studio.runs.all(project.id if project else None)
        projects = {each.id: each.name for each in await client.studio.all()}
    if as_json:
        click.echo(msgspec.json.encode(listed))
    else:
        print_runs(listed, projects)


@click.command()
@click.argument("run")
@takes_json
@takes_person
@takes_settings("home", "database_url", "studio_python")
@run_async
async def watch(run: str, as_json: bool, person: str | None) -> None:
    """Watch RUN until it's over, then say what it took and what came out.

    RUN is an id, its beginning, or a project: then it's the newest run of that.
    """
    async with connect_client(settings_given(), person=person) as client:
        found = await _find(client, run)
        over = await watch_until_over(client, found.id)
    click.echo(msgspec.json.encode(over) if as_json else describe_run(over))
    if over.status != "succeeded":
        sys.exit(_EXIT_NOT_TRAINED)


@click.command()
@click.argument("run")
@takes_person
@takes_settings("home", "database_url")
@run_async
async def pause(run: str, person: str | None) -> None:
    """Write a checkpoint of RUN and pause it."""
    await _request(run, "pause", person)


@click.command()
@click.argument("run")
@takes_person
@takes_settings("home", "database_url", "studio_python")
@run_async
async def resume(run: str, person: str | None) -> None:
    """Go on with RUN from its last checkpoint, to the same result as without the pause."""
    await _request(run, "resume", person)


@click.command()
@click.argument("run")
@takes_person
@takes_settings("home", "database_url")
@run_async
async def cancel(run: str, person: str | None) -> None:
    """Stop RUN for good."""
    await _request(run, "cancel", person)


async def _estimate(
    client: Client, project: str, *, measure: bool, as_json: bool, **asked: Any
) -> None:
    """Say what a run would take: by formulas at once, then by its first steps."""
    if not (measure and as_json):
        plan = await client.studio.runs.plan(project, **asked)
        click.echo(msgspec.json.encode(plan) if as_json else describe_plan(plan))
    if measure:
        plan = await client.studio.runs.plan(project, measure=True, **asked)
        click.echo(msgspec.json.encode(plan) if as_json else describe_measured(plan))


async def _request(run: str, request: str, person: str | None) -> None:
    settings = settings_given()
    async with connect_client(settings, person=person) as client:
        found = await _find(client, run)
        done = await client.studio.runs.request(found.id, request)
        await _report(settings, done, as_json=False)


async def _find(client: Client, run: str) -> RunOut:
    """Return a run by its id, the beginning of it, or its project. Raises `NotFound`."""
    try:
        return await client.studio.runs.find(run)
    except NotFound:
        listed = await client.studio.all()
    for project in listed:
        if run.strip().casefold() == project.name.casefold():
            newest = await client.studio.runs.all(project.id)
            if newest:
                return newest[0]
            raise NotFound(f"{project.name} has no runs yet: tau studio tune")
    raise NotFound("There is no such run; `tau studio runs` shows yours.")


async def _report(settings: Settings, run: RunOut, *, as_json: bool) -> None:
    click.echo(msgspec.json.encode(run) if as_json else describe_run(run))
    waits = run.status in {"queued", "running"}
    if waits and await server_file.find_running(settings.home) is None:
        said = "Tau isn't running: a run is trained while you watch it, or while Tau runs."
        click.echo(said, err=True)
