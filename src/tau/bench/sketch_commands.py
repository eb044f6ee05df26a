"""`tau bench sketch`."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from tau.bench import sketch as sketch_bench
from tau.bench.command_parts import (
    as_json_option,
    positive,
    print_figures,
    print_progress,
    run_measuring,
)
from tau.bench.sketch_briefs import GeneratedBrief
from tau.experts.environment import installed_expert_program
from tau.experts.worker_process import ExpertWorker
from tau.settings import load


@click.command()
@click.option(
    "--briefs",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Briefs as JSON: a list, or one a line. Otherwise they're generated.",
)
@click.option(
    "--count", type=positive, default=200, show_default=True, help="Briefs that are generated."
)
@click.option(
    "--packages",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A Tau's home with `tau experts setup`, if not the usual one.",
)
@click.option("--edits/--no-edits", default=True, help="Measure changes of plans too.")
@as_json_option
def sketch(
    file: Path | None, count: int, packages: Path | None, edits: bool, as_json: bool
) -> None:
    """Measure sketches: rules met, areas, times, changes, and words that are read.

    No model is needed; `tau experts setup` is.
    """
    home = packages or load({}).home
    briefs = sketch_bench.briefs_of(file) if file else sketch_bench.generated(count)
    figures = run_measuring(_measured(home, briefs, edits=edits))
    print_figures("Sketches", figures, as_json=as_json)


async def _measured(home: Path, briefs: list[GeneratedBrief], *, edits: bool) -> dict[str, Any]:
    worker = ExpertWorker(partial(installed_expert_program, home))
    try:
        return await sketch_bench.measure(worker, briefs, print_progress, edits=edits)
    finally:
        await worker.close()
