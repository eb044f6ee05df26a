"""Command of `tau bench` for opened memories."""

import click

from tau.bench.command_parts import (
    as_json_option,
    positive,
    print_figures,
    print_progress,
    run_measuring,
)
from tau.bench.lives import LivesPlan, measure


@click.command()
@click.option(
    "--largest",
    type=positive,
    default=50_000,
    show_default=True,
    help="Skip lives with more messages than this.",
)
@click.option("--days", type=positive, default=30, show_default=True, help="Simulated days.")
@as_json_option
def lives(largest: int, days: int, as_json: bool) -> None:
    """Measure the RAM of opened memories, and snapshots.

    Each simulated day a memory is opened, 20 messages are written, and it's unloaded again.
    """
    sizes = LivesPlan().messages
    plan = LivesPlan(
        messages=tuple(size for size in sizes if size <= largest) or (largest,), days=days
    )
    print_figures("Lives", run_measuring(measure(plan, print_progress)), as_json=as_json)
