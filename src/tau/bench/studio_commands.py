"""Commands of `tau bench studio`."""

import click

from tau.bench import graders as graders_bench
from tau.bench import studio_checks, studio_upload
from tau.bench.command_parts import (
    as_json_option,
    positive,
    print_figures,
    print_progress,
    run_measuring,
)


@click.group()
def studio() -> None:
    """Measure the studio on this machine."""


@studio.command()
@click.option("--grades", type=positive, default=1_000, show_default=True, help="Of each type.")
@as_json_option
def graders(grades: int, as_json: bool) -> None:
    """Measure graders, and attack the sandbox of those in Python."""
    figures = run_measuring(graders_bench.measure(grades, print_progress))
    print_figures("Graders", figures, as_json=as_json)


@studio.command()
@click.option("--megabytes", type=positive, default=512, show_default=True, help="Of the file.")
@as_json_option
def upload(megabytes: int, as_json: bool) -> None:
    """Measure the server's memory while a large file is uploaded."""
    figures = run_measuring(studio_upload.measure(megabytes, print_progress))
    print_figures("Upload", figures, as_json=as_json)


@studio.command()
@click.option("--examples", type=positive, default=10_000, show_default=True)
@as_json_option
def checks(examples: int, as_json: bool) -> None:
    """Measure the checks of a project's examples, given their vectors."""
    print_figures("Checks", studio_checks.measure(examples, print_progress), as_json=as_json)
