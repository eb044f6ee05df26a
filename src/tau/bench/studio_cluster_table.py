"""The table of the cluster benchmark: a row for each way to run, and a sentence above and below."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group
from rich.table import Table

_COLUMNS = ("interval", "best", "stall", "restart", "effective (5-95 %)")


def render_cluster(figures: Mapping[str, Any]) -> Group:
    """Return what `studio_cluster.measure` found, as text for a terminal."""
    published, needed = figures["published"], figures["spare_nodes_needed"]
    found = published["simulated"]["effective"]["p50"]
    verdict = "agrees" if published["agrees"] else "doesn't agree"
    table = Table(
        title=f"{figures['gpus']:,} GPUs, {figures['days']:g} days; a failure every "
        f"{figures['between_failures_hours']:g} hours",
        title_justify="left",
    )
    table.add_column()
    for column in _COLUMNS:
        table.add_column(column, justify="right")
    for name, each in figures["scenarios"].items():
        table.add_row(name.replace("_", " "), *_cells(each))
    return Group(
        f"Llama 3, {published['gpus']:,} GPUs: more than "
        f"{published['effective_more_than']:.0%} was published; {found:.1%} simulated. "
        f"It {verdict}.",
        table,
        f"Spare nodes that are enough: {'more than 1,024' if needed is None else needed}.",
    )


def _cells(each: Mapping[str, Any]) -> tuple[str, ...]:
    effective = each["effective"]
    return (
        f"{each['interval_seconds']:,} s",
        f"{each['intervals']['simulated_best_seconds']:,} s",
        f"{each['stall_seconds']:g} s",
        f"{each['restart_seconds']:g} s",
        f"{effective['p50']:.1%} ({effective['p5']:.1%}-{effective['p95']:.1%})",
    )
