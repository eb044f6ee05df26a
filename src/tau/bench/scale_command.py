"""Command of `tau bench` for what many people would need."""

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from tau.bench.command_parts import as_json_option, print_progress, run_measuring
from tau.bench.scale import ScalePlan, measure
from tau.bench.scale_day import Habits
from tau.bench.tables import table_of


@click.command()
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the simulated day.")
@click.option(
    "--turns-a-day",
    type=click.FloatRange(min=1),
    default=Habits().turns_a_day,
    show_default=True,
    help="Turns of a person on a day.",
)
@click.option(
    "--idle-seconds",
    type=click.FloatRange(min=0),
    default=Habits().idle_seconds,
    show_default=True,
    help="How long a memory stays loaded without use.",
)
@as_json_option
def scale(seed: int, turns_a_day: float, idle_seconds: float, as_json: bool) -> None:
    """Measure one node, and say what many people would need.

    A day is simulated for a thousand to ten million daily people, with what this machine was just
    measured to need. docs/scale.md names the sources of everything else.
    """
    habits = Habits(
        turns_a_day=turns_a_day,
        visits_a_day=min(Habits().visits_a_day, turns_a_day),
        idle_seconds=idle_seconds,
    )
    figures = run_measuring(measure(ScalePlan(habits=habits, seed=seed), print_progress))
    if as_json:
        click.echo(json.dumps(figures))
        return
    screen = Console()
    screen.print(table_of("One node", {"measured": figures["measured"], "node": figures["node"]}))
    screen.print(needs_table(figures["needs"]))
    screen.print(table_of("Daily people that one of each serves", figures["limits"]))


def needs_table(rows: list[dict[str, Any]]) -> Table:
    """Return the needs as a table with a column for each number of people."""
    made = Table(title="At the busiest minute of a day", title_justify="left")
    made.add_column("Daily people", style="bold")
    for row in rows:
        made.add_column(f"{row['people']:,}", justify="right")
    for name in rows[0]:
        if name not in {"people", "gives_out"}:
            shown = [f"{row[name]:,}" for row in rows]
            made.add_row(name.replace("_", " "), *shown)
    made.add_row("first to give out", *[(row["gives_out"] or ["nothing"])[0] for row in rows])
    return made
