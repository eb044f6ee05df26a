"""What the commands of `tau bench` share: running, progress and how figures are printed."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import click
import uvloop
from rich.console import Console

from tau.bench.tables import table_of

as_json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object at the end."
)
positive = click.IntRange(min=1)


def run_measuring(measuring: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """Run a measurement to its end and return its figures."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measuring)


def print_progress(sentence: str) -> None:
    """Print what happens now, to standard error."""
    click.echo(sentence, err=True)


def print_figures(title: str, figures: dict[str, Any], *, as_json: bool) -> None:
    """Print figures as a table, or as one JSON object."""
    if as_json:
        click.echo(json.dumps(figures))
    else:
        Console().print(table_of(title, figures))
