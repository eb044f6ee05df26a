"""`tau studio`: projects with examples, a frozen test, and methods compared on it."""

import asyncio
from pathlib import Path
from typing import BinaryIO

import click

from tau.cli.async_command import run_async
from tau.cli.confirmation import ask_confirmation
from tau.cli.connect import connect_client
from tau.cli.following import follow_comparison
from tau.cli.options import settings_given, takes_json, takes_person, takes_settings
from tau.cli.progress import progress_bar
from tau.cli.studio_documents import add_document, review_examples
from tau.cli.studio_example import example
from tau.cli.studio_lending import lend, lent, withdraw_lent
from tau.cli.studio_places import collect, render, vllm
from tau.cli.studio_releases import (
    card,
    gate,
    keep,
    models,
    release,
    releases,
    review,
    rollback,
)
from tau.cli.studio_runs import cancel, pause, resume, runs, tune, watch
from tau.cli.studio_tables import (
    print_answers,
    print_check,
    print_comparison,
    print_problems,
    print_project,
)
from tau.cli.studio_transfer import export_studio, import_group
from tau.cli.studio_tuning import doctor, setup
from tau.cli.terminal import console, format_time, print_rows, strip_control
from tau.client.studio import read_grader
from tau.errors import BadInput, NotFound
from tau.server.schemas.studio import ProjectOut

_METHODS = ("baseline", "classifier", "prompt", "nearest", "optimized", "tuned", "strong")
_EXIT_UNSETTLED = 2


@click.group()
def studio() -> None:
    """Test on your own examples which method answers best.

    Start with `tau studio new NAME`, add a file of examples, check them, freeze a test, compare.
    `tau studio example` shows all of it on examples of Tau's own.
    """


for _command in (
    *(example, review_examples, setup, doctor, import_group, export_studio),
    *(lend, lent, withdraw_lent),
    *(keep, models, gate, review, release, rollback, releases, card),
    *(tune, runs, watch, pause, resume, cancel),
    *(render, collect, vllm),
):
    studio.add_command(_command)


@studio.command("list")
@takes_person
@takes_settings("home", "database_url")
@run_async
async def list_them(person: str | None) -> None:
    """List your projects."""
    async with connect_client(settings_given(), person=person) as client:
        projects = await client.studio.all()
    print_rows(
        ("name", "changed", "examples", "test", "id"),
        [
            (each.name, format_time(each.changed_at), str(each.examples), str(each.test), each.id)
            for each in projects
        ],
    )


@studio.command()
@click.argument("name")
@takes_person
@takes_settings("home", "database_url")
@run_async
async def new(name: str, person: str | None) -> None:
    """Create a project."""
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.create(name)
    click.echo(f"Created {project.name}. Add examples: tau studio add {_quoted(name)} FILE")


@studio.command()
@click.argument("name")
@takes_person
@takes_settings("home", "database_url")
@run_async
async def show(name: str, person: str | None) -> None:
    """Show a project: its sources, its test and its grader."""
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
    print_project(project)


@studio.command()
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--input", metavar="COLUMN", default="input", help="The column with the request.")
@click.option("--output", metavar="COLUMN", default="output", help="The column with the answer.")
@click.option("--sheet", default="", help="The sheet of a spreadsheet.")
@click.option("--instructions", default="", help="The system message of examples without one.")
@click.option("--licence", default="", help="The licence of the data.")
@click.option("--imported", is_flag=True, help="It's somebody else's data, not your own.")
@click.option("--from-documents", is_flag=True, help="A model writes examples from the document.")
@click.option("--writer", metavar="MODEL", default="", help="Which model; else the best one.")
@takes_person
@takes_settings("home", "database_url")
@run_async
async def add(
    name: str,
    file: Path,
    person: str | None,
    imported: bool,
    from_documents: bool,
    writer: str,
    **about: str,
) -> None:
    """Add the examples of FILE to a project.

    FILE is JSON Lines in OpenAI's chat shape, or a table (CSV, TSV, XLSX) with a column for the
    request and one for the answer. Lines that can't be read are listed, and the others are added.
    Adding the same file again adds only what is new.

    With --from-documents, FILE is a .pdf, .docx, .txt or .md: a capable model that you connected
    writes examples from it, which wait until you've looked at them (`tau studio review-examples`).
    """
    about["trust"] = "imported" if imported else "own"
    opened = await asyncio.to_thread(_open, file)
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        if from_documents:
            given = {key: about[key] for key in ("instructions", "licence")}
            with opened:
                await add_document(client, project.id, opened, file.name, model=writer, **given)
            return
        with opened, progress_bar(strip_control(file.name), console(stderr=True)) as watch:
            added = await client.studio.add(project.id, opened, file.name, watch, **about)
    known = f" {added.known} were there already." if added.known else ""
    click.echo(f"Added {added.added} examples.{known}")
    print_problems(added.source.problems)


@studio.command()
@click.argument("name")
@takes_json
@takes_person
@takes_settings("home", "database_url")
@run_async
async def check(name: str, as_json: bool, person: str | None) -> None:
    """Check the examples of a project.

    Exits with 2 if something must be settled before they're used.
    """
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        report = await client.studio.check(project.id)
        examples = {each.id: each for each in await client.studio.examples(project.id)}
    print_check(report, examples, as_json=as_json)
    if any(each.severity == "error" for each in report.findings):
        click.get_current_context().exit(_EXIT_UNSETTLED)


@studio.command()
@click.argument("name")
@click.argument("examples", nargs=-1, required=True)
@click.option("--keep", is_flag=True, help="Keep them, instead of leaving them out.")
@takes_person
@takes_settings("home", "database_url")
@run_async
async def decide(name: str, examples: tuple[str, ...], keep: bool, person: str | None) -> None:
    """Leave EXAMPLES out of the training data, or keep them."""
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        decision = "keep" if keep else "leave out"
        project = await client.studio.decide(project.id, examples, decision)
    click.echo(f"{project.left_out} of {project.examples} examples are left out.")


@studio.command()
@click.argument("name")
@click.argument("examples", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
@takes_person
@takes_settings("home", "database_url")
@run_async
async def withdraw(name: str, examples: tuple[str, ...], yes: bool, person: str | None) -> None:
    """Erase EXAMPLES for good, in results and backups too."""
    question = f"Erase {len(examples)} examples for good?"
    if not yes and not ask_confirmation(question):
        raise BadInput("Nothing was erased; use --yes to erase without confirmation.")
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        await client.studio.withdraw(project.id, examples)
    click.echo(f"Erased {len(examples)} examples.")


@studio.command()
@click.argument("name")
@click.option("--test", metavar="COUNT|FILE", help="How many examples, or the file of the test.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, help="Chooses others.")
@takes_person
@takes_settings("home", "database_url")
@run_async
async def freeze(name: str, test: str | None, seed: int, person: str | None) -> None:
    """Put examples aside as the test, for good. No method ever learns from them.

    Without --test, Tau chooses how many. A file is one that was added with `tau studio add`.
    """
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        if test is None or test.isdecimal():
            count = int(test) if test else None
            project = await client.studio.freeze(project.id, count=count, seed=seed)
        else:
            source = _source_of(project, Path(test).name)
            project = await client.studio.freeze(project.id, source=source)
    print_project(project)


@studio.command()
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@takes_person
@takes_settings("home", "database_url")
@run_async
async def grade(name: str, file: Path, person: str | None) -> None:
    """Choose how answers are judged: FILE is a grader as JSON, in OpenAI's shape.

    Without one, JSON objects are compared as JSON, and other answers as text.
    """
    opened = await asyncio.to_thread(_open, file)
    with opened:
        grader = read_grader(await asyncio.to_thread(opened.read))
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        project = await client.studio.choose_grader(project.id, grader)
    click.echo(f"Answers are judged by a grader of the type {project.grader['type']}.")


@studio.command()
@click.argument("name")
@click.option("--prompt-model", metavar="NAME", help="For the prompts; by default the chat's.")
@click.option("--tuned", multiple=True, metavar="ft:...", help="A model made here.")
@click.option("--only", "methods", multiple=True, type=click.Choice(_METHODS), help="Repeatable.")
@takes_json
@takes_person
@takes_settings("home", "database_url", "offline")
@run_async
async def compare(
    name: str,
    prompt_model: str | None,
    tuned: tuple[str, ...],
    methods: tuple[str, ...],
    as_json: bool,
    person: str | None,
) -> None:
    """Compare methods on the frozen test, cheapest first, and print a verdict.

    The project's newest trained model takes part; --tuned names others, and then every method
    answers the whole test.
    """
    async with connect_client(settings_given(), person=person, fetch=True) as client:
        project = await client.studio.find(name)
        job = await client.studio.compare(project.id, prompt_model, methods, tuned)
        finished = await follow_comparison(client, project.id, job)
    print_comparison(finished, as_json=as_json)


@studio.command()
@click.argument("name")
@click.argument("method", required=False)
@takes_json
@takes_person
@takes_settings("home", "database_url")
@run_async
async def results(name: str, method: str | None, as_json: bool, person: str | None) -> None:
    """Show the last comparison, or what METHOD answered in it."""
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        comparisons = (await client.studio.comparisons(project.id)).comparisons
        if not comparisons:
            raise NotFound("Nothing was compared yet: tau studio compare")
        if method is None:
            print_comparison(comparisons[0], as_json=as_json)
            return
        answers = await client.studio.answers(project.id, comparisons[0].id, method)
        examples = {each.id: each for each in await client.studio.examples(project.id, "test")}
    print_answers(answers, examples, as_json=as_json)


@studio.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
@takes_person
@takes_settings("home", "database_url")
@run_async
async def remove(name: str, yes: bool, person: str | None) -> None:
    """Erase a project for good, with everything in it."""
    async with connect_client(settings_given(), person=person) as client:
        project = await client.studio.find(name)
        question = f"Erase {project.name} with its {project.examples} examples, for good?"
        if not yes and not ask_confirmation(question):
            raise BadInput("Nothing was erased; use --yes to erase without confirmation.")
        await client.studio.remove(project.id)
    click.echo(f"Erased {project.name}.")


def _source_of(project: ProjectOut, file: str) -> str:
    named = [each.id for each in project.sources if each.name == file]
    if not named:
        raise NotFound(f"{file} isn't in this project yet: add it with `tau studio add` first.")
    return named[-1]


def _open(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise BadInput(f"{file} can't be read: {error.strerror}.") from error


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
