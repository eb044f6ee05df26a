"""Commands of `tau bench studio`."""

import click

from tau.bench import graders as graders_bench
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
