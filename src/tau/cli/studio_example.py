"""`tau studio example`: the whole way of a project on data of Tau's own."""

import click

from tau.cli.async_command import run_async
from tau.cli.connect import connect_client
from tau.cli.example_stages import STAGES
from tau.cli.example_walk import ExampleWalk
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import console

BASE = "smollm2-135m-instruct"
_EXIT_STOPPED = 1


@click.command()
@click.option("--name", default="Bookings", help="The name of the project.")
@click.option("--quick", is_flag=True, help="Half of the examples, in half of the time.")
@click.option("--base", metavar="MODEL", default=BASE, show_default=True, help="The model.")
@click.option("--person", metavar="NAME", help="For this person, not the owner.")
@takes_settings("home", "database_url", "offline")
@run_async
async def example(name: str, quick: bool, base: str, person: str | None) -> None:
    """Show the whole way of a project, on 300 bookings that Tau makes.

    From the file to the verdict, then training, the gate, a release, a chat with the model, and
    the rollback. Each step says what it does and what came out, and everything stays on this
    machine. If a step can't go on, it says why; the same command goes on from there.
    """
    settings = settings_given()
    async with connect_client(settings, person=person) as client:
        walk = ExampleWalk(client, console(stderr=True), settings, name, base, quick)
        for number, stage in enumerate(STAGES, start=1):
            click.echo(f"{'' if number == 1 else chr(10)}{number}. {stage.title}")
            if not await stage.run(walk):
                click.get_current_context().exit(_EXIT_STOPPED)
