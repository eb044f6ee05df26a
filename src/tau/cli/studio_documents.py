"""`tau studio add --from-documents` and `tau studio review-examples`."""

import asyncio
from contextlib import suppress
from typing import BinaryIO

import click

from tau.cli.async_command import run_async
from tau.cli.connect import connect_client
from tau.cli.options import settings_given, takes_settings
from tau.cli.progress import progress_bar, step_progress
from tau.cli.terminal import console, strip_control
from tau.client.client import Client
from tau.errors import TauError
from tau.server.schemas.studio import ExampleOut

_POLL_SECONDS = 0.3
_CHOICES = click.Choice(["k", "x", "s", "q"])


async def add_document(
    client: Client, project: str, file: BinaryIO, name: str, **about: str
) -> None:
    """Send a document, and show how far the model is until it ends; Ctrl-C stops it."""
    screen = console(stderr=True)
    with progress_bar(strip_control(name), screen) as watch:
        job = await client.studio.add_document(project, file, name, watch, **about)
    try:
        with step_progress("Writing examples", "passages", screen) as steps:
            while job.state == "running":
                steps(job.done, job.total)
                await asyncio.sleep(_POLL_SECONDS)
                listed = await client.studio.documents(project)
                job = next(each for each in listed if each.id == job.id)
    except asyncio.CancelledError:
        with suppress(TauError):  # it may be over by now
            await client.studio.stop_document(project, job.id)
        raise
    if job.state != "done":
        raise TauError(job.sentence)
    click.echo(strip_control(job.sentence))


@click.command("review-examples")
@click.argument("name")
@click.option("--person", metavar="NAME", help="For this person, not the owner.")
@takes_settings("home", "database_url")
@run_async
async def review_examples(name: str, person: str | None) -> None:
    """Look at the examples that a model wrote, one by one, and keep them or leave them out.

    Nothing learns from an example before you've kept it.
    """
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        waiting = await client.studio.examples(project.id, "waiting")
        for place, example in enumerate(waiting, start=1):
            _print_example(example, f"{place} of {len(waiting)}")
            answer = await asyncio.to_thread(
                click.prompt, "k keep, x leave out, s skip, q quit", type=_CHOICES
            )
            if answer == "q":
                break
            if answer != "s":
                decision = "keep" if answer == "k" else "leave out"
                await client.studio.decide(project.id, [example.id], decision)
        left = len(await client.studio.examples(project.id, "waiting"))
    click.echo(f"{left} examples wait for your review." if left else "No example is waiting.")


def _print_example(example: ExampleOut, place: str) -> None:
    click.echo(f"\n{place}  {example.id}")
    if example.passage:
        click.echo(f"Passage:\n{strip_control(example.passage)}")
    *asked, answer = example.messages
    for message in asked:
        if message.role == "user":
            click.echo(f"Request: {strip_control(message.content)}")
    click.echo(f"Answer:  {strip_control(answer.content)}")
